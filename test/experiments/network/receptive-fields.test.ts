import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { convolutionProduct } from "../../../experiments/network/convolution.ts";
import { type Engine, openEngine } from "../../../src/ground/kernels/index.ts";
import { bothEngines } from "../../ground/kernels/engines.ts";
import { elements, node, numbers } from "../../onnx-graphs.ts";

let engines: { kernels: Engine; twins: Engine };
beforeAll(async () => {
  engines = await bothEngines(1 << 24);
});

const place = { file: "test.onnx", place: "y" };
const bigs = (values: readonly number[]): bigint[] => values.map(BigInt);

const geometries = fc.integer({ min: 1, max: 3 }).chain((axes) => {
  const lengths = (min: number, max: number) =>
    fc.array(fc.integer({ min, max }), { minLength: axes, maxLength: axes });
  return fc.record({
    images: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 3 }),
    spatial: lengths(9, 11),
    // Runs of 1 to 9 neighbours: copied singly, four at once, and in several fours.
    kernel: fc
      .tuple(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: axes - 1, maxLength: axes - 1 }),
        fc.integer({ min: 1, max: 9 }),
      )
      .map(([others, last]) => [...others, last]),
    strides: lengths(1, 3),
    dilations: fc.constantFrom(Array<number>(axes).fill(1), [...Array<number>(axes - 1).fill(1), 2]),
    before: lengths(0, 3),
    after: lengths(8, 9),
  });
});

/** What the definition says stands in row `row` of a vector; `at` reads the image, 0 outside. */
function entry(
  geometry: { kernel: readonly number[]; strides: readonly number[]; dilations: readonly number[] },
  before: readonly number[],
  outputs: readonly number[],
  position: number,
  row: number,
  at: (channel: number, point: readonly number[]) => number,
): number {
  const { kernel, strides, dilations } = geometry;
  const point: number[] = [];
  let [rest, tap] = [position, row];
  for (let axis = kernel.length - 1; axis >= 0; axis--) {
    point[axis] = (rest % outputs[axis]!) * strides[axis]! + (tap % kernel[axis]!) * dilations[axis]! - before[axis]!;
    rest = Math.floor(rest / outputs[axis]!);
    tap = Math.floor(tap / kernel[axis]!);
  }
  return at(tap, point);
}

describe("receptive fields", () => {
  it("are the definition's, on both engines, for any part of a batch, and nothing is written behind them", async () => {
    fc.assert(
      fc.property(geometries, fc.nat(), fc.nat(), (g, start, length) => {
        const { images, groups, channels, spatial, kernel } = g;
        const attributes = {
          group: BigInt(groups),
          strides: bigs(g.strides),
          dilations: bigs(g.dilations),
          pads: bigs([...g.before, ...g.after]),
        };
        const rows = channels * elements(kernel);
        const product = convolutionProduct(
          node("Conv", ["x", "w"], ["y"], attributes),
          [groups, channels, ...kernel],
          new Float32Array(groups * rows),
          place,
        );
        const layout = product.layoutOf([images, groups * channels, ...spatial]);
        const outputs = layout.outputShape.slice(2);
        const plane = elements(spatial);
        const source = numbers(images * groups * channels * plane);
        const first = start % layout.vectors;
        const count = 1 + (length % (layout.vectors - first));
        const group = start % groups;

        const laid = [engines.kernels, engines.twins, null].map((engine) => {
          const mark = engine?.memory.mark();
          const size = count * rows;
          const target = (engine ? engine.memory.float32(size + 8) : new Float32Array(size + 8)).fill(7);
          layout.gather(engine, source, group, first, count, target.subarray(0, size));
          expect([...target.subarray(size)]).toEqual(Array(8).fill(7));
          const copy = target.slice(0, size);
          if (engine) engine.memory.release(mark!);
          return copy;
        });
        expect(laid[1]).toEqual(laid[0]);
        expect(laid[2]).toEqual(laid[0]);
        const positions = elements(outputs);
        for (let v = first; v < first + count; v += 1 + Math.floor(count / 7)) {
          const image = Math.floor(v / positions);
          for (let row = 0; row < rows; row++) {
            const wanted = entry(g, g.before, outputs, v % positions, row, (channel, point) => {
              if (point.some((x, axis) => x < 0 || x >= spatial[axis]!)) return 0;
              const offset = point.reduce((sum, x, axis) => sum * spatial[axis]! + x, 0);
              return source[((image * groups + group) * channels + channel) * plane + offset]!;
            });
            expect(laid[0]![(v - first) * rows + row]).toBe(wanted);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("are the same where kernel memory is too short for an image", async () => {
    const small = await openEngine(1 << 17);
    const shape = [1, 2, 40, 40];
    const attributes = { pads: bigs([1, 1, 1, 1]) };
    const product = convolutionProduct(
      node("Conv", ["x", "w"], ["y"], attributes),
      [1, 2, 3, 3],
      new Float32Array(18),
      place,
    );
    const layout = product.layoutOf(shape);
    const source = numbers(elements(shape));
    const short = small.memory.float32(100 * 18);
    small.memory.uint8(small.memory.left - 2048);
    layout.gather(small, source, 0, 700, 100, short);
    const plain = new Float32Array(short.length);
    layout.gather(null, source, 0, 700, 100, plain);
    expect(short).toEqual(plain);
  });
});
