import type { Engine } from "../../src/ground/kernels/index.ts";
import type { BulkState, BulkTrained, BulkTrains } from "../population/index.ts";
import type { AccumulationStep } from "./accumulate.ts";

/** What a depressing pulse leaves, S, and what pulses of either sign cost, J. */
export interface TrainPulses {
  readonly reset: { readonly mean: number; readonly deviation: number; readonly low: number };
  readonly joules: { readonly up: number; readonly down: number };
}

/**
 * Pulses of some cells, each cell's own number of them, by a kernel; its twin is the population's way of pulsing device by device, from which
 * conductances differ by 4e-6 of a step's deviation and 2e-7 of themselves. False where there are no kernels.
 */
export function accumulateTrains(
  engine: Engine,
  step: AccumulationStep,
  { reset, joules }: TrainPulses,
  { x, traits }: BulkState,
  trains: BulkTrains,
): BulkTrained | false {
  const { kernels, memory } = engine;
  if (!kernels) return false;
  const { scale, draw, selected, behind } = trains;
  const mark = memory.mark();
  const { mean, deviation } = step;
  const numbers = memory.float64(15);
  numbers.set([
    step.forgets,
    ...[mean.slope, mean.offset, mean.memory],
    ...[deviation.slope, deviation.offset, deviation.memory],
    ...[step.low, step.high],
    // Of a step's normal: what is fresh, and the device's own in logarithms to base 2.
    ...[Math.sqrt(1 - step.ownShare) * scale, Math.sqrt(step.ownShare) * Math.LN2],
    ...[reset.mean, reset.deviation * scale, reset.low],
    // A cell that was pulsed is of age 0 now.
    -behind,
  ]);
  const counts = memory.int16(trains.counts.length);
  counts.set(trains.counts);
  const cells = selected && memory.uint32(selected.length);
  cells?.set(selected!);
  const clipped = kernels.accumulateTrains(
    memory.address(numbers),
    memory.address(x[0]!),
    memory.address(x[1]!),
    memory.address(x[2]!),
    step.ownShare > 0 ? memory.address(traits[0]!) : 0,
    memory.address(trains.trained),
    memory.address(trains.writes),
    cells ? memory.address(cells) : 0,
    memory.address(counts),
    counts.length,
    draw.key[0],
    draw.key[1],
  );
  memory.release(mark);
  const { work } = trains;
  let [up, down] = [0, 0];
  for (let k = 0; k < counts.length; k++) {
    const pulses = trains.counts[k]!;
    if (pulses > 0) up += pulses;
    else down -= pulses;
    if (work) work[selected ? selected[k]! : k]! += pulses > 0 ? pulses * joules.up : -pulses * joules.down;
  }
  return { clipped, works: { potentiation: up * joules.up, depression: down * joules.down } };
}
