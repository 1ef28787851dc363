import { describe, expect, it } from "vitest";
import { KernelMemory, openEngine, roundHalfEven } from "../../../src/ground/kernels/index.ts";

describe("kernel memory", () => {
  it("gives aligned arrays that do not overlap", () => {
    const memory = new KernelMemory(new ArrayBuffer(1 << 16));
    const arrays = [memory.uint8(3), memory.float64(5), memory.int16(1), memory.float32(1024), memory.int32(7)];
    arrays.forEach((array, index) => {
      expect(array.byteOffset % 64).toBe(0);
      const before = arrays[index - 1];
      if (before) expect(array.byteOffset).toBeGreaterThanOrEqual(before.byteOffset + before.byteLength);
    });
  });

  it("keeps arrays of whole pages out of each other's cache sets", () => {
    const memory = new KernelMemory(new ArrayBuffer(1 << 16));
    const [first, second] = [memory.float32(1024), memory.float32(1024)];
    expect((second.byteOffset - first.byteOffset) % 4096).not.toBe(0);
  });

  it("takes back what was taken since a mark", () => {
    const memory = new KernelMemory(new ArrayBuffer(1 << 16));
    const mark = memory.mark();
    const first = memory.float32(10).byteOffset;
    memory.release(mark);
    expect(memory.float32(10).byteOffset).toBe(first);
    expect(() => memory.release(memory.mark() + 1)).toThrow("reverse order");
  });

  it("says what was asked and what is left when it is exhausted", () => {
    const memory = new KernelMemory(new ArrayBuffer(4096));
    memory.float32(512);
    expect(() => memory.float64(512)).toThrow("4096 bytes asked, 2048 of 4096 left");
  });

  it("refuses the address of somebody else's array", () => {
    expect(() => new KernelMemory(new ArrayBuffer(64)).address(new Float32Array(1))).toThrow(
      "outside its engine's memory",
    );
  });
});

describe("an engine", () => {
  it("leaves the module's own data alone, and its views stay valid", async () => {
    const { memory, kernels } = await openEngine(1 << 20);
    const array = memory.float32(16);
    expect(array.byteOffset).toBeGreaterThanOrEqual(kernels!.heapBase());
    while (memory.left > 1 << 16) memory.float32(4096);
    expect(array.length).toBe(16);
  });

  it("without kernels has memory all the same", async () => {
    const { memory, kernels } = await openEngine(1 << 16, "typescript");
    expect(kernels).toBeNull();
    expect(memory.left).toBe(1 << 16);
  });
});

describe("rounding", () => {
  it("takes halves to the even number, as IEEE 754", () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.49999, 126.5, 127.5].map((x) => roundHalfEven(x) + 0)).toEqual([
      0, 2, 2, 0, -2, -2, 2, 126, 128,
    ]);
  });
});
