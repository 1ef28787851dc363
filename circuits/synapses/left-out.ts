import type { Arbitration } from "./arbitration.ts";

/** Devices that arbitration left out, of those of synapses that had updates enough for all. */
export interface LeftOut {
  readonly devices: number;
  readonly of: number;
}

/** Updates for each device of a synapse by which all should have had one: chance alone leaves a device out with e^-20. */
const enough = 20;

/** Looks for devices that never took an update although their synapses had 20 for each of them. */
export function leftOut(arbitrations: readonly Arbitration[]): LeftOut {
  let [left, of] = [0, 0];
  for (const { selections, synapses, spec } of arbitrations) {
    const { devices } = spec;
    for (let first = 0; first < synapses * devices; first += devices) {
      const own = selections.subarray(first, first + devices);
      let [updates, never] = [0, 0];
      for (const count of own) {
        updates += count;
        if (count === 0) never++;
      }
      if (updates < enough * devices) continue;
      left += never;
      of += devices;
    }
  }
  return { devices: left, of };
}
