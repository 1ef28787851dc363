import type { Engine } from "../../src/ground/kernels/index.ts";

/** Pulses up and down in all, and the most of either that one device gets. */
export interface PulseSums {
  readonly up: number;
  readonly down: number;
  readonly mostUp: number;
  readonly mostDown: number;
}

/**
 * Adds up requests of a whole array, each of which goes to the only device of its synapse.
 *
 * @param counts  above 0 potentiating, below 0 depressing, [synapses]
 * @param selections  added to, [synapses]
 */
export function countRequests(engine: Engine | null, counts: Int16Array, selections: Uint32Array): PulseSums {
  const kernels = engine?.kernels;
  const inside = counts.buffer === engine?.memory.buffer && selections.buffer === engine.memory.buffer;
  if (!kernels || !inside) return countRequestsPlain(counts, selections);
  const { memory } = engine;
  const mark = memory.mark();
  const sums = memory.float64(4);
  kernels.countRequests(memory.address(counts), memory.address(selections), counts.length, memory.address(sums));
  const [up, down, mostUp, mostDown] = sums as unknown as [number, number, number, number];
  memory.release(mark);
  return { up, down, mostUp, mostDown };
}

/** Twin of the kernel: the same numbers. */
export function countRequestsPlain(counts: Int16Array, selections: Uint32Array): PulseSums {
  let [up, down, mostUp, mostDown] = [0, 0, 0, 0];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count > 0) {
      up += count;
      mostUp = Math.max(mostUp, count);
    } else {
      down -= count;
      mostDown = Math.max(mostDown, -count);
    }
    selections[i]! += Math.abs(count);
  }
  return { up, down, mostUp, mostDown };
}
