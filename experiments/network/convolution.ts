import type { NodeProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { elementsOf } from "../../src/ground/formats/onnx.ts";
import { integerAttribute, integersAttribute, textAttribute } from "../../src/ground/formats/onnx-nodes.ts";
import { type Layout, transposed } from "./layout.ts";
import type { MatrixProduct } from "./matrix.ts";

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

/** Output lengths and leading pads for one input size. */
function extents(geometry: Geometry, spatial: readonly number[]): { outputs: number[]; before: number[] } {
  const outputs: number[] = [];
  const before: number[] = [];
  for (const [axis, length] of spatial.entries()) {
    const stride = geometry.strides[axis]!;
    const reach = (geometry.kernel[axis]! - 1) * geometry.dilations[axis]! + 1;
    if (geometry.pads) {
      const padded = length + geometry.pads.before[axis]! + geometry.pads.after[axis]!;
      outputs.push(Math.floor((padded - reach) / stride) + 1);
      before.push(geometry.pads.before[axis]!);
    } else {
      const output = Math.ceil(length / stride);
      const total = Math.max(0, (output - 1) * stride + reach - length);
      outputs.push(output);
      before.push(geometry.upper ? Math.floor(total / 2) : Math.ceil(total / 2));
    }
  }
  return { outputs, before };
}

/** For each output position and kernel tap: the offset in one channel of the input, or -1 in the padding. */
function tapOffsets(
  geometry: Geometry,
  spatial: readonly number[],
  outputs: readonly number[],
  before: readonly number[],
): Int32Array {
  const { kernel, strides, dilations } = geometry;
  const [positions, taps] = [elementsOf(outputs), elementsOf(kernel)];
  const offsets = new Int32Array(positions * taps);
  for (let position = 0; position < positions; position++) {
    for (let tap = 0; tap < taps; tap++) {
      let [restPosition, restTap, offset, pitch, inside] = [position, tap, 0, 1, true];
      for (let axis = spatial.length - 1; axis >= 0; axis--) {
        const output = restPosition % outputs[axis]!;
        const k = restTap % kernel[axis]!;
        restPosition = (restPosition - output) / outputs[axis]!;
        restTap = (restTap - k) / kernel[axis]!;
        const at = output * strides[axis]! - before[axis]! + k * dilations[axis]!;
        inside &&= at >= 0 && at < spatial[axis]!;
        offset += at * pitch;
        pitch *= spatial[axis]!;
      }
      offsets[position * taps + tap] = inside ? offset : -1;
    }
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
  const { outputs, before } = extents(geometry, spatial);
  if (outputs.some((length) => length < 1)) {
    const found = `an input of ${spatial.join(" x ")}`;
    throw inputError({ ...place, found, expected: `at least the kernel's reach (${kernel.join(" x ")})` });
  }
  const [positions, taps, plane] = [elementsOf(outputs), elementsOf(kernel), elementsOf(spatial)];
  const rows = channels * taps;
  const offsets = tapOffsets(geometry, spatial, outputs, before);
  return {
    vectors: images * positions,
    outputShape: [images, groups * columns, ...outputs],
    inputInPlace: groups === 1 && rows === inputChannels * plane && isIdentity(offsets),
    outputInPlace: groups === 1 && (positions === 1 || columns === 1),
    gather(source, target, first, total) {
      for (let group = 0; group < groups; group++) {
        let to = (group * total + first) * rows;
        for (let image = 0; image < images; image++) {
          const from = (image * inputChannels + group * channels) * plane;
          for (let position = 0; position < positions; position++) {
            const row = position * taps;
            for (let channel = 0; channel < channels; channel++) {
              const base = from + channel * plane;
              for (let tap = row; tap < row + taps; tap++) {
                const offset = offsets[tap]!;
                target[to++] = offset < 0 ? 0 : source[base + offset]!;
              }
            }
          }
        }
      }
    },
    scatter(results, target, first, total) {
      let to = 0;
      for (let image = 0; image < images; image++) {
        for (let output = 0; output < groups * columns; output++) {
          const group = Math.floor(output / columns);
          let from = (group * total + first + image * positions) * columns + (output % columns);
          for (let position = 0; position < positions; position++, from += columns) target[to++] = results[from]!;
        }
      }
    },
  };
}

/** A kernel as large as its input: the image is its one receptive field. */
function isIdentity(offsets: Int32Array): boolean {
  return offsets.every((offset, place) => offset === place);
}
