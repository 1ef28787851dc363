import { at, wordsOfEvent } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { BulkState, BulkTrained, BulkTrains } from "../population/index.ts";
import { asNumbers, type PulseStep, placesOf } from "./pulse.ts";
import { shapeCodes } from "./shapes.ts";

/** How far apart the kernel has the numbers of the two pulses. */
const numbersApart = 16;

/**
 * Trains of whole pulses by a kernel; false where there are no kernels: pulse by pulse is then the population's own way, which is also the
 * law that the kernel is held to. For some devices it goes pulse by pulse as well. For all of them at once it takes trains of
 * n pulses in closed form where the step is d D (a + b w)(1 + s xi) or d D (a + b w) + sigma xi, straight in the weight. With k = d D b,
 *
 *   E w_n = w + d D (a + b w) M,  M = ((1 + k)^n - 1) / k = sum over j of C(n, j) k^(j-1)
 *   var w_n = [d D (a + b w)]^2 s^2 n (1 + k)^(2n-2) (1 + (n - 1) k^2 s^2 / 2 (1 + k)^2 + ...)     a product of n factors 1 + k (1 + s xi)
 *   var w_n = sigma^2 ((1 + k)^(2n) - 1) / ((1 + k)^2 - 1)                                         a sum
 *
 * and one normal for both; exact for a constant step. The product is near enough to normal while n k^2 s^2 <= 0.0025. Work follows the mean
 * way between the two ends. Devices whose way could meet a limit, within five standard deviations, or whose conductance could meet 0
 * with its write noise, go pulse by pulse: with normals of at(draw of trains, 2), block after block of 512 devices in the order in which they are taken.
 *
 * @param energies  J for each unit of weight above the floor, before and after a pulse together
 */
export function trainPulses(
  engine: Engine,
  up: PulseStep,
  down: PulseStep,
  state: BulkState,
  { counts, selected, draw, scale, together, trained, writes, work }: BulkTrains,
  energies: { readonly up: number; readonly down: number },
): BulkTrained | false {
  const { kernels, memory } = engine;
  if (!kernels) return false;
  const mark = memory.mark();
  const numbers = memory.float32(2 * numbersApart);
  numbers.set(asNumbers(up, scale));
  numbers.set(asNumbers(down, scale), numbersApart);
  const places = placesOf(engine, up, state, scale);
  const keys = memory.int32(8);
  for (const [k, { key }] of [draw, ...[0, 1, 2].map((k) => at(together.draw, k))].entries()) keys.set(key, 2 * k);
  const [low, high] = wordsOfEvent(together.event);
  const noise = state.x[1] as Float32Array | undefined;
  const inside = work && !selected && work.buffer === memory.buffer;
  const added = work && (inside ? work : memory.float64(counts.length).fill(0));
  const works = memory.float64(2);
  const cells = selected && memory.uint32(selected.length);
  cells?.set(selected!);
  const given = counts.buffer === memory.buffer ? counts : memory.int16(counts.length);
  if (given !== counts) given.set(counts);
  const clipped = kernels.trainPulses(
    memory.address(numbers),
    up.shape.code!,
    closedForm(up),
    memory.address(state.x[0]!),
    noise ? memory.address(noise) : 0,
    memory.address(places),
    memory.address(trained),
    memory.address(writes),
    added ? memory.address(added) : 0,
    memory.address(works),
    energies.up,
    energies.down,
    memory.address(keys),
    low,
    high,
    cells ? memory.address(cells) : 0,
    memory.address(given),
    counts.length,
  );
  if (added && !inside) for (let k = 0; k < added.length; k++) work[selected ? selected[k]! : k]! += added[k]!;
  const [potentiation, depression] = works as unknown as [number, number];
  memory.release(mark);
  return { clipped, works: { potentiation, depression } };
}

/** 0: there is none; 1: with noise relative to the step; 2: with noise of one size. */
function closedForm({ shape, relativeNoise, stepNoise, constantNoise, weightNoise }: PulseStep): number {
  if (shape.code === null || shape.code > shapeCodes.linear || weightNoise > 0) return 0;
  if (stepNoise === 0 && constantNoise === 0) return 1;
  return relativeNoise === 0 ? 2 : 0;
}
