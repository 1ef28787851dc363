import { describe, expect, it } from "vitest";
import { kernelModule } from "../../../src/ground/kernels/generated/kernels.ts";
import { buildKernels } from "../../../src/surface/build/kernels.mjs";

describe("the module of kernels", () => {
  it("is not built again where nothing has changed", async () => {
    await buildKernels(() => undefined);
    const lines: string[] = [];
    expect(await buildKernels((line) => lines.push(line))).toBe(false);
    expect(lines).toEqual([]);
  });

  it("asks for nothing but memory, and exports what engines call", async () => {
    const module = await WebAssembly.compile(Buffer.from(kernelModule, "base64"));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["heapBase", "fillNormal", "multiplyCodes", "sumColumns"]));
  });
});
