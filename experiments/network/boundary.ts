import { type GraphProto, type ModelProto, type NodeProto, TensorProto_DataType, type ValueInfoProto } from "onnx-buf";
import { inputError } from "../../src/ground/errors.ts";
import { type ElementType, elementsOf, elementTypeName } from "../../src/ground/formats/onnx.ts";
import { graphInputs, namedOutput, onnxNode, valueInfo } from "../../src/ground/formats/onnx-nodes.ts";

const FLOAT = TensorProto_DataType.FLOAT;
const unusable: readonly ElementType[] = [
  TensorProto_DataType.UNDEFINED,
  TensorProto_DataType.STRING,
  TensorProto_DataType.COMPLEX64,
  TensorProto_DataType.COMPLEX128,
];

/** An input of the graph: its own name and type, and the shape of one image (without the batch axis). */
export interface NetworkInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
}

/** Where an input's numbers go in. */
export interface Entry extends NetworkInput {
  /** The float32 tensor that is fed: the input, or what stands on our side of a Cast. */
  readonly entry: string;
  /** Numbers of one image. */
  readonly size: number;
  /** True where axis 0 counts images. */
  readonly batchAxis: boolean;
  /** Length of axis 0 where it counts images and the file fixes it. */
  readonly fixedBatch: number | null;
}

/** Where images go in and scores come out. */
export interface Boundary {
  /** In the graph's order; an image is the numbers of all of them, one input after another. */
  readonly inputs: readonly Entry[];
  readonly output: { readonly name: string };
  /** The float32 tensor of scores: the output, or what stands on our side of a Cast. */
  readonly exit: string;
  /** The Casts that were added. */
  readonly casts: ReadonlySet<NodeProto>;
}

/**
 * Rewrites the model's edge in place: float32 inputs with an open batch axis, one float32 output of any shape, no
 * stored shapes that hold for one batch only.
 *
 * @param imageShapes  shapes of the images that will be given, for each input; they fill axes that the file leaves open
 */
export function openBoundary(
  file: string,
  model: ModelProto & { graph: GraphProto },
  imageShapes: readonly (readonly number[] | undefined)[] = [],
): Boundary {
  const { graph } = model;
  const given = graphInputs(graph);
  if (given.length === 0) throw inputError({ file, found: "no inputs", expected: "one at least" });
  const output = onlyOutput(file, graph.output);
  const outputType = elementTypeOf(file, output) ?? FLOAT;

  const casts = new Set<NodeProto>();
  const cast = (from: string, to: string, target: ElementType): NodeProto => {
    const node = onnxNode("Cast", [from], [to], { to: BigInt(target) });
    casts.add(node);
    return node;
  };
  graph.input = [];
  const inputs = given.map((input, index): Entry => {
    const type = elementTypeOf(file, input) ?? FLOAT;
    const { dims, shape, batchAxis } = shapeOf(file, input, imageShapes[index]);
    const entry = type === FLOAT ? input.name : `${input.name} as float32`;
    if (entry !== input.name) graph.node.unshift(cast(entry, input.name, type));
    graph.input.push(valueInfo(entry, FLOAT, batchAxis ? [null, ...dims.slice(1)] : dims));
    return {
      ...{ name: input.name, shape, type: elementTypeName(type), entry, size: elementsOf(shape), batchAxis },
      fixedBatch: batchAxis ? (dims[0] ?? null) : null,
    };
  });
  const exit = outputType === FLOAT ? output.name : `${output.name} as float32`;
  if (exit !== output.name) graph.node.push(cast(output.name, exit, FLOAT));
  graph.output = [namedOutput(exit)];
  graph.valueInfo = [];
  model.trainingInfo = [];
  // Older versions list every initialiser among the inputs, which is undone above.
  if (model.irVersion < 4n) model.irVersion = 4n;
  return { inputs, output: { name: output.name }, exit, casts };
}

/** Numbers of one image, all inputs together. */
export function imageSize(inputs: readonly NetworkInput[]): number {
  return inputs.reduce((sum, { shape }) => sum + elementsOf(shape), 0);
}

/** "x", or "x, mask". */
export function inputNames(inputs: readonly NetworkInput[]): string {
  return inputs.map(({ name }) => name).join(", ");
}

function onlyOutput(file: string, values: readonly ValueInfoProto[]): ValueInfoProto {
  if (values.length === 1) return values[0]!;
  const found =
    values.length === 0 ? "no outputs" : `${values.length} outputs (${values.map((v) => v.name).join(", ")})`;
  throw inputError({ file, found, expected: "exactly one" });
}

function elementTypeOf(file: string, { name, type }: ValueInfoProto): ElementType | undefined {
  if (!type || type.value.case === undefined) return undefined;
  const elements = type.value.case === "tensorType" ? type.value.value.elemType : undefined;
  if (elements !== undefined && !unusable.includes(elements)) return elements;
  const found = elements === undefined ? type.value.case : `a tensor of ${elementTypeName(elements)}`;
  throw inputError({ file, place: name, found, expected: "a tensor of numbers" });
}

interface InputShape {
  /** Axes as the file gives them; null where open. */
  readonly dims: readonly (number | null)[];
  readonly shape: readonly number[];
  readonly batchAxis: boolean;
}

function shapeOf(file: string, { name, type }: ValueInfoProto, imageShape?: readonly number[]): InputShape {
  const given = type?.value.case === "tensorType" ? type.value.value.shape?.dim : undefined;
  if (!given || (given.length === 0 && imageShape?.length !== 0)) {
    throw inputError({
      file,
      place: name,
      found: "an input without a shape",
      expected: "its axes, the first for images",
    });
  }
  const dims = given.map(({ value }) => (value.case === "dimValue" && value.value > 0n ? Number(value.value) : null));
  const whole = dims.every((length) => length !== null) ? elementsOf(dims as number[]) : null;
  // 28 x 1 x 28 for images of 784 numbers is one sequence, not 28 images.
  const oneImage = imageShape !== undefined && whole === elementsOf(imageShape) && dims[0] !== 1;
  // A single number for each image leaves no axis but the batch's.
  const batchAxis = !oneImage && dims.length > (imageShape?.length === 0 ? 0 : 1);
  const shape = fill(batchAxis ? dims.slice(1) : dims, imageShape);
  if (!shape) {
    const found = `axes ${given.map(({ value }) => String(value.value ?? "?")).join(" x ")}`;
    const expected = imageShape
      ? `axes that images of ${imageShape.join(" x ")} fill`
      : "fixed lengths of all axes but the first";
    throw inputError({ file, place: name, found, expected });
  }
  return { dims, shape, batchAxis };
}

/** Open axes from the images: the one that is left by division, several by place where as many axes are given. */
function fill(axes: readonly (number | null)[], imageShape?: readonly number[]): number[] | null {
  const open = axes.filter((length) => length === null).length;
  if (open === 0) return axes as number[];
  if (!imageShape) return null;
  const rest = elementsOf(imageShape) / elementsOf(axes.map((length) => length ?? 1));
  if (open === 1) return Number.isInteger(rest) ? axes.map((length) => length ?? rest) : null;
  // A missing channel axis is one of length 1.
  const padded = [...Array<number>(Math.max(0, axes.length - imageShape.length)).fill(1), ...imageShape];
  const fits = padded.length === axes.length && axes.every((length, i) => length === null || length === padded[i]);
  return fits ? padded : null;
}
