/**
 * How many classes stand before the label's, of equal scores the first one: 0 where it is the class of the image, below k
 * where it is among the first k. A score that is no number comes last.
 *
 * @param scores  [image][class]
 * @param labels  of these images
 * @param ranks  receives [image]
 */
export function rankLabels(scores: Float32Array, labels: Int32Array, ranks: Uint32Array): void {
  const width = scores.length / ranks.length;
  for (let i = 0, from = 0; i < ranks.length; i++, from += width) {
    const label = labels[i]!;
    const wanted = scores[from + label]!;
    let before = 0;
    for (let j = 0; j < width; j++) {
      const score = scores[from + j]!;
      if (score > wanted || (score === wanted && j < label)) before++;
    }
    ranks[i] = Number.isNaN(wanted) ? width : before;
  }
}

/** Sum of squared differences of two arrays of one length. */
export function squaredDifference(some: Float32Array, others: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < some.length; i++) sum += (some[i]! - others[i]!) ** 2;
  return sum;
}

/** The largest difference; NaN where one of them is none. */
export function largestDifference(some: Float32Array, others: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < some.length; i++) {
    const difference = Math.abs(some[i]! - others[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
