/** The numbers of the k greatest values, greatest first; of equal ones the first. */
export function greatest(values: ArrayLike<number>, k: number): number[] {
  const chosen: number[] = [];
  for (let j = 0; j < values.length; j++) {
    let place = chosen.length;
    while (place > 0 && values[j]! > values[chosen[place - 1]!]!) place--;
    if (place < k) chosen.splice(place, 0, j);
    if (chosen.length > k) chosen.pop();
  }
  return chosen;
}

/** Hard winner-take-all: 1 for the k greatest membranes, 0 for the others, [neurons]. */
export function hardWinners(membranes: ArrayLike<number>, k = 1): Float32Array {
  const out = new Float32Array(membranes.length);
  for (const j of greatest(membranes, k)) out[j] = 1;
  return out;
}

/**
 * Soft winner-take-all: y_j = exp(beta u_j) / sum_k exp(beta u_k).
 *
 * @param inverseTemperature  beta, 1 over the unit of the membranes; large: the greatest takes all
 * @returns shares that sum to 1, [neurons]
 */
export function softWinners(membranes: ArrayLike<number>, inverseTemperature: number): Float32Array {
  let most = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < membranes.length; j++) most = Math.max(most, membranes[j]!);
  const out = new Float32Array(membranes.length);
  let sum = 0;
  for (let j = 0; j < out.length; j++) {
    out[j] = Math.exp(inverseTemperature * (membranes[j]! - most));
    sum += out[j]!;
  }
  return out.map((share) => share / sum);
}
