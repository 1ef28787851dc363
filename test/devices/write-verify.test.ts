import { describe, expect, it } from "vitest";
import { deviceModel, writeVerify } from "../../devices/index.ts";
import { drawOf } from "../../src/ground/draws/index.ts";
import { openEngine } from "../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../contracts/device-contract.ts";

describe("write and verify", () => {
  const device = deviceModel("vteam").prepare(shippedSet("vteam", "kvatinsky-2015"));
  const { targetLow, targetRange, operation } = device;
  const span = targetRange - targetLow;
  const count = 200;
  const target = Float32Array.from({ length: count }, (_, i) => targetLow + (span * i) / (count - 1));

  it("brings every cell to its target within the tolerance, and counts what that took", async () => {
    const quiet = { ...everything, readNoise: false };
    const cells = device.create(await openEngine(1 << 20), count, drawOf(1), quiet);
    const done = writeVerify(cells, device.writeVerify!, target, span, 0);
    const reached = new Float32Array(count);
    cells.conductance(reached);
    expect(done.missed).toBe(0);
    for (let i = 0; i < count; i++) {
      expect(Math.abs(reached[i]! - target[i]!)).toBeLessThanOrEqual(device.writeVerify!.tolerance * span * (1 + 1e-6));
    }
    // Every cell is read once more than it is pulsed.
    expect(done.reads).toBe(done.pulses + count);
    const { read, potentiate, depress } = operation;
    expect(done.seconds).toBeGreaterThanOrEqual(
      done.reads * read.width + done.pulses * Math.min(potentiate!.width, depress!.width),
    );
    // A read of V^2 G t each, between the lowest and the highest conductance.
    expect(done.readWork).toBeGreaterThan(done.reads * read.voltage ** 2 * read.width * targetLow * (1 - 1e-6));
    expect(done.readWork).toBeLessThan(done.reads * read.voltage ** 2 * read.width * targetRange * (1 + 1e-6));
    expect(done.pulseWork).toBeGreaterThan(0);
  });

  it("lets every cell wait for those after it: the first is the oldest, the last has no age", async () => {
    const cells = device.create(await openEngine(1 << 20), count, drawOf(1), everything);
    const waits: Float64Array[] = [];
    const elapse = cells.elapse.bind(cells);
    cells.elapse = (seconds) => {
      waits.push(seconds as Float64Array);
      elapse(seconds);
    };
    const done = writeVerify(cells, device.writeVerify!, target, span, 0);
    const [each] = waits;
    expect(waits).toHaveLength(1);
    expect(each!.at(-1)).toBe(0);
    for (let i = 1; i < count; i++) {
      // What cell i took itself: at least one read.
      expect(each![i - 1]! - each![i]!).toBeGreaterThanOrEqual(operation.read.width * (1 - 1e-6));
    }
    expect(done.seconds).toBeGreaterThan(each![0]!);
    expect(cells.clock).toBeCloseTo(each![0]!, 15);
  });
});
