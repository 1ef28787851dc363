import { softmax } from "./operators/softmax.ts";

export const losses = ["cross-entropy", "mean-squared"] as const;
export type Loss = (typeof losses)[number];

/**
 * What a batch loses, and how that changes with its scores.
 *
 *   "cross-entropy"  -ln of the label's share in the softmax of the scores
 *   "mean-squared"   half the sum over classes of (score - target)^2, target 1 for the label and 0 for the others
 *
 * @param scores  [image][class]
 * @param gradient  receives the change with each score, [image][class]
 * @returns the sum over images
 */
export function lossOf(
  loss: Loss,
  scores: Float32Array,
  labels: Int32Array,
  classes: number,
  gradient: Float32Array,
): number {
  const y = loss === "cross-entropy" ? softmax(scores, classes) : scores;
  let sum = 0;
  for (const [image, label] of labels.entries()) {
    const first = image * classes;
    for (let c = 0; c < classes; c++) gradient[first + c] = y[first + c]! - (c === label ? 1 : 0);
    if (loss === "cross-entropy") {
      // From the scores themselves: a share that rounds to 0 still has its logarithm.
      let largest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) largest = Math.max(largest, scores[first + c]!);
      let total = 0;
      for (let c = 0; c < classes; c++) total += Math.exp(scores[first + c]! - largest);
      sum += largest - scores[first + label]! + Math.log(total);
    } else for (let c = 0; c < classes; c++) sum += gradient[first + c]! ** 2 / 2;
  }
  return sum;
}
