import type { Draw } from "../../src/ground/draws/index.ts";
import { imageBatch, imageCount } from "../network/index.ts";
import { FloatProduct } from "./float-product.ts";
import type { TrainableNetwork } from "./network.ts";
import { linearNetwork } from "./spec-network.ts";
import { type MakeProducts, Training, type TrainingData, type TrainingSettings } from "./training.ts";

export const floatProducts: MakeProducts = (plans) => ({
  products: plans.map(({ rows, columns, weights }) => new FloatProduct(rows, columns, weights)),
  wear: () => null,
});

/** The same network, images, order and rates in float32. */
export function floatTraining(
  network: TrainableNetwork,
  data: TrainingData,
  settings: TrainingSettings,
  draw: Draw,
): Training {
  return new Training(network, floatProducts, data, settings, draw);
}

const linearEpochs = 5;
const measuredImages = 1000;

/**
 * Softmax regression on the same images: what no hidden layer reaches. Five epochs at least; its rate is half of what the images' mean square
 * allows (the curvature of the loss along an image is at most half of its square), halved from epoch to epoch.
 */
export function linearTraining(data: TrainingData, classes: number, epochs: number, draw: Draw): Training {
  const { train } = data;
  const count = Math.min(measuredImages, imageCount(train));
  const square = imageBatch(train, 0, count).reduce((sum, value) => sum + value ** 2, 0) / count + 1;
  const settings = { epochs: Math.max(linearEpochs, epochs), batch: 1, rate: 1 / square, decay: 0.5 };
  return floatTraining(linearNetwork(train.size, classes, draw), data, settings, draw);
}
