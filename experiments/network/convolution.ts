import type { NodeProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import { integerAttribute, integersAttribute, textAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import { type Layout, transposed } from "./layout.ts";
import type { MatrixProduct } from "./matrix.ts";
import { layFields, type ReceptiveFields } from "./receptive-fields.ts";

/** What a Conv node says about its geometry, for any number of spatial axes. */
interface Geometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and after each axis; null where `auto_pad` computes them from the input. */
  readonly pads: { readonly before: readonly number[]; readonly after: readonly number[] } | null;
  readonly upper: boolean;
  readonly groups: number;
  /** Input channels of one group. */
  readonly channels: number;
  readonly columns: number;
  readonly place: { readonly file: string; readonly place: string };
}

/**
 * A convolution as products: every output position of every image is one vector of its receptive field, in the order
 * of the kernel (channel, then axes); each group has weights of its own.
 *
 * @param shape  of the kernel: [output channels, input channels of a group, spatial axes...]
 */
export function convolutionProduct(
  node: NodeProto,
  shape: readonly number[],
  values: Float32Array,
  place: { file: string; place: string },
): MatrixProduct {
  const groups = integerAttribute(node, "group", 1);
  const [outputs, channels] = [shape[0]!, shape[1]!];
  const columns = outputs / groups;
  if (!Number.isInteger(columns)) {
    throw inputError({ ...place, found: `${outputs} output channels`, expected: `a multiple of the ${groups} groups` });
  }
  const kernel = shape.slice(2);
  const rows = channels * elementsOf(kernel);
  const size = rows * columns;
  const weights = Array.from({ length: groups }, (_, g) =>
    transposed(values.subarray(g * size, (g + 1) * size), columns, rows),
  );
  if (integersAttribute(node, "pads")?.some((length) => length < 0)) {
    throw inputError({ ...place, found: "negative pads", expected: "pads from 0" });
  }
  const geometry: Geometry = { ...readGeometry(node, kernel), kernel, groups, channels, columns, place };
  return { groups, rows, columns, weights, layoutOf: (activation) => convolutionLayout(geometry, activation) };
}

function readGeometry(
  node: NodeProto,
  kernel: readonly number[],
): Pick<Geometry, "strides" | "dilations" | "pads" | "upper"> {
  const axes = kernel.length;
  const automatic = textAttribute(node, "auto_pad", "NOTSET");
  const given = integersAttribute(node, "pads") ?? Array<number>(2 * axes).fill(0);
  const none = Array<number>(axes).fill(0);
  const fixed = { before: given.slice(0, axes), after: given.slice(axes) };
  return {
    strides: integersAttribute(node, "strides") ?? Array<number>(axes).fill(1),
    dilations: integersAttribute(node, "dilations") ?? Array<number>(axes).fill(1),
    pads: automatic === "NOTSET" ? fixed : automatic === "VALID" ? { before: none, after: none } : null,
    upper: automatic === "SAME_UPPER",
  };
}

/** Positions of lines that stay in the nearest cache while four columns of them are read. */
const turnedTogether = 64;

/** [position][column] from `from` on, with biases from `added` on, becomes [column][position] from `to` on. */
function turn(
  source: Float32Array,
  from: number,
  positions: number,
  columns: number,
  bias: Float32Array | null,
  added: number,
  target: Float32Array,
  to: number,
): void {
  const of = (column: number): number => (bias ? bias[added + column]! : 0);
  const fours = columns - (columns % 4);
  for (let start = 0; start < positions; start += turnedTogether) {
    const end = Math.min(positions, start + turnedTogether);
    for (let column = 0; column < fours; column += 4) {
      let [at, first] = [from + start * columns + column, to + column * positions + start];
      const [bias0, bias1, bias2, bias3] = [of(column), of(column + 1), of(column + 2), of(column + 3)];
      for (let position = start; position < end; position++, at += columns, first++) {
        target[first] = source[at]! + bias0;
        target[first + positions] = source[at + 1]! + bias1;
        target[first + 2 * positions] = source[at + 2]! + bias2;
        target[first + 3 * positions] = source[at + 3]! + bias3;
      }
    }
    for (let column = fours; column < columns; column++) {
      let at = from + start * columns + column;
      const [line, more] = [to + column * positions, of(column)];
      for (let position = start; position < end; position++, at += columns)
        target[line + position] = source[at]! + more;
    }
  }
}

/** Output lengths, leading pads and padded lengths for one input size. */
function extents(
  geometry: Geometry,
  spatial: readonly number[],
): { outputs: number[]; before: number[]; padded: number[] } {
  const [outputs, before, padded]: [number[], number[], number[]] = [[], [], []];
  for (const [axis, length] of spatial.entries()) {
    const stride = geometry.strides[axis]!;
    const reach = (geometry.kernel[axis]! - 1) * geometry.dilations[axis]! + 1;
    const same = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
    const shorter = Math.floor(same / 2);
    const pads = geometry.pads
      ? [geometry.pads.before[axis]!, geometry.pads.after[axis]!]
      : geometry.upper
        ? [shorter, same - shorter]
        : [same - shorter, shorter];
    before.push(pads[0]!);
    padded.push(length + pads[0]! + pads[1]!);
    outputs.push(Math.floor((padded[axis]! - reach) / stride) + 1);
  }
  return { outputs, before, padded };
}

/** Offsets in a row-major array of `lengths` of all points of a grid: first + step * point on each axis. */
function gridOffsets(
  lengths: readonly number[],
  points: readonly number[],
  first: readonly number[],
  step: readonly number[],
): Int32Array {
  const offsets = new Int32Array(elementsOf(points));
  for (let point = 0; point < offsets.length; point++) {
    let [rest, offset, pitch] = [point, 0, 1];
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      const at = rest % points[axis]!;
      rest = (rest - at) / points[axis]!;
      offset += (first[axis]! + at * step[axis]!) * pitch;
      pitch *= lengths[axis]!;
    }
    offsets[point] = offset;
  }
  return offsets;
}

function convolutionLayout(geometry: Geometry, shape: readonly number[]): Layout {
  const { groups, channels, columns, kernel, place } = geometry;
  const [images, inputChannels] = [shape[0]!, shape[1]!];
  const spatial = shape.slice(2);
  if (spatial.length !== kernel.length || inputChannels !== groups * channels) {
    const expected = `images x ${groups * channels} x ${kernel.length} axes`;
    throw inputError({ ...place, found: `activations of shape ${shape.join(" x ")}`, expected });
  }
  const { outputs, before, padded } = extents(geometry, spatial);
  if (outputs.some((length) => length < 1)) {
    const found = `an input of ${spatial.join(" x ")}`;
    throw inputError({ ...place, found, expected: `at least the kernel's reach (${kernel.join(" x ")})` });
  }
  const [positions, plane, paddedPlane] = [elementsOf(outputs), elementsOf(spatial), elementsOf(padded)];
  const zeros = kernel.map(() => 0);
  const runLength = geometry.dilations.at(-1) === 1 ? kernel.at(-1)! : 1;
  const [runsAcross, ones] = [[...kernel.slice(0, -1), kernel.at(-1)! / runLength], kernel.map(() => 1)];
  const taps = gridOffsets(padded, runsAcross, zeros, geometry.dilations);
  const fields: ReceptiveFields = {
    channels,
    plane,
    framePlane: paddedPlane,
    lines: gridOffsets(padded, [...spatial.slice(0, -1), 1], before, ones),
    origins: gridOffsets(padded, outputs, zeros, geometry.strides),
    runs: Int32Array.from({ length: channels * taps.length }, (_, run) => {
      return Math.floor(run / taps.length) * paddedPlane + taps[run % taps.length]!;
    }),
    runLength,
  };
  const rows = channels * elementsOf(kernel);

  return {
    vectors: images * positions,
    outputShape: [images, groups * columns, ...outputs],
    // A kernel as large as its input: the image is its one receptive field.
    inputInPlace: groups === 1 && paddedPlane === plane && rows === channels * plane && positions === 1,
    outputInPlace: groups === 1 && (positions === 1 || columns === 1),
    gather(engine, source, group, first, count, target) {
      for (let vector = first; vector < first + count; ) {
        const image = Math.floor(vector / positions);
        const position = vector - image * positions;
        const some = Math.min(positions - position, first + count - vector);
        const start = (image * inputChannels + group * channels) * plane;
        const channelsOfImage = source.subarray(start, start + channels * plane);
        layFields(engine, fields, channelsOfImage, position, some, target.subarray((vector - first) * rows));
        vector += some;
      }
    },
    scatter(results, target, first, total, bias) {
      for (let image = 0; image < images; image++) {
        for (let group = 0; group < groups; group++) {
          const from = (group * total + first + image * positions) * columns;
          const to = (image * groups + group) * columns * positions;
          turn(results, from, positions, columns, bias, group * columns, target, to);
        }
      }
    },
  };
}
