import { at, fillNormalPlain, wordsOfEvent } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { BulkState, PulseRandomness } from "../population/index.ts";

/** How one potentiation pulse moves a cell: statistics of its step are linear in the conductance G and in the memory P of past pulses. */
export interface AccumulationStep {
  /** Factor on P at every pulse. */
  readonly forgets: number;
  readonly mean: LinearStatistic;
  readonly deviation: LinearStatistic;
  /** S, limits of a pulsed cell. */
  readonly low: number;
  readonly high: number;
  /** Share of a step's variance that is the device's own for life. */
  readonly ownShare: number;
}

/** slope G + offset + memory P. */
export interface LinearStatistic {
  readonly slope: number;
  /** S. */
  readonly offset: number;
  /** S. */
  readonly memory: number;
}

/** A memory so small is none. */
const forgotten = 1e-30;

export function statisticAt({ slope, offset, memory }: LinearStatistic, conductance: number, past: number): number {
  return slope * conductance + offset + memory * past;
}

/**
 * G after a pulse, before its limits: G + mean(G, P) + deviation(G, P) N.
 *
 * @param conductance  S
 * @param past  P with this pulse already forgotten a little
 * @param normal  N, a standard normal
 */
export function stepped(step: AccumulationStep, conductance: number, past: number, normal: number): number {
  return (
    conductance + statisticAt(step.mean, conductance, past) + statisticAt(step.deviation, conductance, past) * normal
  );
}

/**
 * One pulse of every cell: moves G and P, sets ages to 0 and adds what the pulse costs.
 *
 * @param x  conductance G, S, and memory P, float32; age, s, float64; [cells]
 * @param traits  exp(N) of what a device keeps for life, [cells]
 * @param joules  of one cell's pulse
 * @returns how many cells were held at a limit
 */
export function accumulate(
  engine: Engine,
  step: AccumulationStep,
  { x, traits }: BulkState,
  random: PulseRandomness,
  joules: number,
  work: Float64Array,
): number {
  const draw = at(random.draw, 0);
  // Callers keep account where they like.
  const inside = work.buffer === engine.memory.buffer;
  const [fresh, own] = [Math.sqrt(1 - step.ownShare) * random.scale, Math.sqrt(step.ownShare)];
  if (!engine.kernels) return accumulatePlain(step, { x, traits }, random, joules, work);
  const { memory } = engine;
  const mark = memory.mark();
  const numbers = memory.float32(12);
  const { mean, deviation } = step;
  // The step's normal is the fresh one alone where nothing is the device's own; its scale then goes with the deviation.
  const scale = own > 0 ? 1 : fresh;
  numbers.set([step.forgets, 1 + mean.slope, mean.offset, mean.memory]);
  numbers.set([deviation.slope * scale, deviation.offset * scale, deviation.memory * scale], 4);
  numbers.set([step.low, step.high, forgotten, fresh, own * Math.LN2], 7);
  const [low, high] = wordsOfEvent(random.event);
  const clipped = engine.kernels.accumulate(
    memory.address(numbers),
    memory.address(x[0]!),
    memory.address(x[1]!),
    own > 0 ? memory.address(traits[0]!) : 0,
    memory.address(x[2]!),
    inside ? memory.address(work) : 0,
    joules,
    draw.key[0],
    draw.key[1],
    low,
    high,
    work.length,
  );
  memory.release(mark);
  if (!inside) for (let i = 0; i < work.length; i++) work[i]! += joules;
  return clipped;
}

/** Twin of the kernel; conductances agree within 4e-6 of a step's deviation and 2e-7 of themselves. */
export function accumulatePlain(
  step: AccumulationStep,
  { x, traits }: BulkState,
  random: PulseRandomness,
  joules: number,
  work: Float64Array,
): number {
  const [conductance, past, age] = x as [Float32Array, Float32Array, Float64Array];
  const normal = new Float32Array(work.length);
  if (random.scale !== 0) fillNormalPlain(at(random.draw, 0), random.event, normal);
  let clipped = 0;
  for (let i = 0; i < work.length; i++) {
    past[i] = past[i]! * step.forgets + forgotten;
    const n = normalOf(step, normal[i]! * random.scale, traits[0]![i]!);
    const free = stepped(step, conductance[i]!, past[i]!, n);
    if (free < step.low || free > step.high) clipped++;
    conductance[i] = Math.min(step.high, Math.max(step.low, free));
    age[i] = 0;
    work[i]! += joules;
  }
  return clipped;
}

/** The step's normal, of which a share of the variance is the device's for life. @param own  exp of its normal */
export function normalOf({ ownShare }: AccumulationStep, fresh: number, own: number): number {
  return ownShare === 0 ? fresh : Math.sqrt(1 - ownShare) * fresh + Math.sqrt(ownShare) * Math.log(own);
}
