import { at, type Draw, philox4x32 } from "../../src/ground/draws/index.ts";
import { inputError, namesNear } from "../../src/ground/errors.ts";
import type { WrittenTree } from "../../src/ground/written-tree.ts";
import { type Loss, losses } from "./loss.ts";
import type { TrainableNetwork } from "./network.ts";
import { type Activation, activationStep } from "./operators/elementwise.ts";
import { withBias } from "./product-step.ts";
import type { ProductStep, Step } from "./step.ts";

const words = { relu: "Relu", sigmoid: "Sigmoid", tanh: "Tanh" } as const satisfies Record<string, Activation>;

/** A perceptron in few words. */
export interface NetworkSpec {
  /** Numbers of the image, of every hidden layer, and classes. */
  readonly layers: readonly number[];
  /** Of hidden layers, and of the output too with the loss "mean-squared". */
  readonly activation: keyof typeof words;
  readonly bias: boolean;
  readonly loss: Loss;
}

const mostUnits = 65_536;

/** Reads `{layers: [784, 250, 10], activation: sigmoid, bias: true, loss: cross-entropy}`; all but the layers have defaults. */
export function readSpec({ tree, label, where, refuse }: WrittenTree): NetworkSpec {
  const expected = "layers, activation, bias, loss";
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
    throw inputError({ file: label, found: "no keys", expected: `a network: ${expected}` });
  }
  const known = expected.split(", ");
  for (const key of Object.keys(tree)) {
    if (!known.includes(key)) {
      throw inputError({ ...where(key), found: `no key "${key}"`, expected, near: namesNear(key, known) });
    }
  }
  const { layers, activation = "sigmoid", bias = true, loss = "cross-entropy" } = tree as Record<string, unknown>;
  const units = (length: unknown) =>
    Number.isInteger(length) && (length as number) > 0 && (length as number) <= mostUnits;
  if (!Array.isArray(layers) || layers.length < 2 || !layers.every(units) || layers.at(-1) < 2) {
    throw refuse(
      "layers",
      `two whole numbers or more from 1 to ${mostUnits}, classes last and two at least: [784, 250, 10]`,
    );
  }
  const named = Object.keys(words);
  if (!named.includes(activation as string))
    throw refuse("activation", named.join(" or "), namesNear(`${activation}`, named));
  if (typeof bias !== "boolean") throw refuse("bias", "true or false");
  if (!losses.includes(loss as Loss)) throw refuse("loss", losses.join(" or "), namesNear(`${loss}`, losses));
  return { layers, activation: activation as NetworkSpec["activation"], bias, loss: loss as Loss };
}

/**
 * The network of a spec. Weights start uniform within +-sqrt(6 / (rows + columns)), before relu within +-sqrt(6 / rows), biases at 0. The scores
 * of the loss "cross-entropy" are linear, those of "mean-squared" have the activation; relu leaves them linear.
 *
 * @source Glorot and Bengio, AISTATS 2010; He et al., ICCV 2015, doi:10.1109/ICCV.2015.123
 */
export function networkOfSpec({ layers, activation, bias, loss }: NetworkSpec, draw: Draw): TrainableNetwork {
  const steps: Step[] = [];
  let last = "image";
  for (const [index, columns] of layers.slice(1).entries()) {
    const rows = layers[index]!;
    const hidden = index < layers.length - 2;
    const name = hidden ? `hidden${layers.length > 3 ? index + 1 : ""}` : "scores";
    const active = hidden || (loss === "mean-squared" && activation !== "relu");
    const product = active ? `${name}.sum` : name;
    const reach = Math.sqrt(6 / (activation === "relu" ? rows : rows + columns));
    const weights = uniform(at(draw, "weights", index), rows * columns, reach);
    const step: ProductStep = {
      kind: "product",
      name: product,
      operator: "Gemm",
      reads: [last],
      shape: [columns],
      groups: 1,
      vectors: 1,
      rows,
      columns,
      bias,
      weights: [withBias(weights, bias ? new Float32Array(columns) : null)],
      sources: null,
      places: null,
      inputSize: rows,
    };
    steps.push(step);
    if (active) steps.push(activationStep(words[activation], name, product, [columns]));
    last = name;
  }
  return { input: { name: "image", shape: [layers[0]!] }, output: last, classes: layers.at(-1)!, loss, steps };
}

function uniform({ key }: Draw, count: number, reach: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => {
    const [word] = philox4x32([index, 0, 0, 0], key);
    return reach * ((2 * (word + 0.5)) / 2 ** 32 - 1);
  });
}

/** Softmax regression on the same images: the floor that a network must be above to have learned more than a linear map. */
export function linearNetwork(size: number, classes: number, draw: Draw): TrainableNetwork {
  const spec = { layers: [size, classes], activation: "sigmoid", bias: true, loss: "cross-entropy" } as const;
  return networkOfSpec(spec, at(draw, "linear"));
}
