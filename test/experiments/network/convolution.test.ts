import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, compare, integerTensor, node, tolerance, weight } from "../../onnx-graphs.ts";

interface Convolution {
  readonly images: number;
  readonly groups: number;
  readonly channels: number;
  readonly columns: number;
  readonly spatial: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly bias: boolean;
}

const bigs = (values: readonly number[]): bigint[] => values.map(BigInt);

function bytesFor(c: Convolution, attributes: Record<string, string | readonly bigint[]>): Uint8Array {
  const outputs = c.groups * c.columns;
  return bytesOf({
    nodes: [
      node("Conv", c.bias ? ["x", "w", "b"] : ["x", "w"], ["y"], {
        group: BigInt(c.groups),
        strides: bigs(c.strides),
        dilations: bigs(c.dilations),
        kernel_shape: bigs(c.kernel),
        ...attributes,
      }),
    ],
    tensors: [weight("w", [outputs, c.channels, ...c.kernel]), weight("b", [outputs])],
    input: ["n", c.groups * c.channels, ...c.spatial],
  });
}

const shapeOf = (c: Convolution): number[] => [c.images, c.groups * c.channels, ...c.spatial];

/** Geometries of 1 to 3 axes whose kernel fits into the padded input. */
const convolutions = fc.integer({ min: 1, max: 3 }).chain((axes) => {
  const lengths = (min: number, max: number) =>
    fc.array(fc.integer({ min, max }), { minLength: axes, maxLength: axes });
  return fc.record({
    images: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
    columns: fc.integer({ min: 1, max: 3 }),
    spatial: lengths(5, 7),
    kernel: lengths(1, 3),
    strides: lengths(1, 3),
    dilations: lengths(1, 2),
    pads: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2 * axes, maxLength: 2 * axes }),
    bias: fc.boolean(),
  });
});

describe("convolution by receptive fields gives what ONNX Runtime gives", () => {
  it("for any groups, strides, dilations and asymmetric pads of 1 to 3 axes", async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (c) => {
        const { network, cut } = await compare(bytesFor(c, { pads: bigs(c.pads) }), shapeOf(c));
        expect(cut).toBeLessThan(tolerance);
        const [product] = network.products;
        const rows = c.kernel.reduce((product, length) => product * length, c.channels);
        expect(product).toMatchObject({ operator: "Conv", groups: c.groups, rows, columns: c.columns });
        expect(product!.weights).toHaveLength(c.groups);
        expect(product!.bias?.length ?? null).toBe(c.bias ? c.groups * c.columns : null);
      }),
      { numRuns: 60 },
    );
  });

  // ONNX Runtime has no automatic padding of dilated kernels.
  it.each(["SAME_UPPER", "SAME_LOWER", "VALID"])("for auto_pad %s", async (automatic) => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (c) => {
        const plain = { ...c, dilations: c.dilations.map(() => 1) };
        const { cut } = await compare(bytesFor(plain, { auto_pad: automatic }), shapeOf(c));
        expect(cut).toBeLessThan(tolerance);
      }),
      { numRuns: 15 },
    );
  });

  it("for a depthwise convolution, one sub-array a channel", async () => {
    const c: Convolution = {
      images: 4,
      groups: 8,
      channels: 1,
      columns: 2,
      spatial: [6, 6],
      kernel: [3, 3],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [],
      bias: true,
    };
    const { network, cut } = await compare(bytesFor(c, { pads: [1n, 1n, 1n, 1n] }), shapeOf(c));
    expect(cut).toBeLessThan(tolerance);
    expect(network.products[0]).toMatchObject({ groups: 8, rows: 9, columns: 2 });
  });

  it("for a kernel as large as its image, where the image is the one vector", async () => {
    const c: Convolution = {
      images: 4,
      groups: 1,
      channels: 3,
      columns: 5,
      spatial: [4, 4],
      kernel: [4, 4],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [],
      bias: true,
    };
    expect((await compare(bytesFor(c, {}), shapeOf(c))).cut).toBeLessThan(tolerance);
  });

  it("with a bias that is computed, which is added digitally", async () => {
    const nodes = [
      node("ReduceMean", ["x"], ["m"], { axes: [0n, 2n, 3n], keepdims: 0n }),
      node("Conv", ["x", "w", "m"], ["y"], { pads: [1n, 1n, 1n, 1n] }),
    ];
    // The mean over images makes the graph one for single images.
    const bytes = bytesOf({ nodes, tensors: [weight("w", [2, 2, 3, 3])], input: ["n", 2, 5, 5] });
    const { network, cut } = await compare(bytes, [1, 2, 5, 5]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.batched).toBe(false);
    expect(network.digitalOperators).toEqual({ ReduceMean: 1, Add: 1 });
  });

  it("stays digital with computed weights", async () => {
    const nodes = [
      node("Conv", ["x", "w"], ["h"]),
      node("ReduceMean", ["x"], ["k"], { axes: [0n], keepdims: 1n }),
      node("Slice", ["k", "from", "to", "axes"], ["v"]),
      node("Conv", ["h", "v"], ["y"]),
    ];
    const tensors = [
      weight("w", [2, 2, 1, 1]),
      integerTensor("from", [2], [0, 0]),
      integerTensor("to", [2], [3, 3]),
      integerTensor("axes", [2], [2, 3]),
    ];
    const { network, cut } = await compare(bytesOf({ nodes, tensors, input: ["n", 2, 5, 5] }), [1, 2, 5, 5]);
    expect(cut).toBeLessThan(tolerance);
    expect(network.products).toHaveLength(1);
    expect(network.digitalOperators).toEqual({ ReduceMean: 1, Slice: 1, Conv: 1 });
  });
});
