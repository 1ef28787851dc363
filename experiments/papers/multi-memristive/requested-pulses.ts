/** Most pulses that a step asks of one synapse. */
const mostPulses = 4;

/** Whole pulses that synapses ask for. */
export interface RequestedPulses {
  /** Synapses, ascending. */
  readonly selected: Uint32Array;
  /** Above 0 potentiating, below 0 depressing, [selected]. */
  readonly counts: Int16Array;
}

/**
 * Steps of weights as whole pulses: floor(|step| + u) of them, u uniform in [0, 1), at most four. Where that limit is not met the mean is the
 * step.
 *
 * @param direction  [synapses]
 * @param gain  direction times it is the step in pulses
 * @param words  random, u = word 2^-32, [synapses]
 */
export function requestedPulses(direction: Float32Array, gain: number, words: Int32Array): RequestedPulses {
  const selected = new Uint32Array(direction.length);
  const counts = new Int16Array(direction.length);
  let found = 0;
  for (let i = 0; i < direction.length; i++) {
    const step = direction[i]! * gain;
    if (step === 0) continue;
    const count = Math.min(mostPulses, Math.floor(Math.abs(step) + (words[i]! >>> 0) * 2 ** -32));
    if (count === 0) continue;
    selected[found] = i;
    counts[found++] = step > 0 ? count : -count;
  }
  return { selected: selected.slice(0, found), counts: counts.slice(0, found) };
}
