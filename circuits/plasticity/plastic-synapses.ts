import type { PulseSteps } from "../../crossbar/index.ts";
import { at, type Draw, philox4x32, wordsOfEvent } from "../../src/ground/draws/index.ts";
import type { SynapseArray, UpdateWork } from "../synapses/index.ts";
import type { Seen } from "./local-rule.ts";
import type { LocalRule } from "./local-rules.ts";

const uniformMark = 0x10000000;

/**
 * How changes become whole pulses: "stochastic" gives one more with the probability of the fraction, so that the mean is kept; "nearest" rounds;
 * "toward-zero" drops the fraction.
 */
export type PulseRounding = "stochastic" | "nearest" | "toward-zero";

/** Most pulses that a synapse is asked for in one step. */
const mostPulses = 32_767;

/** Synapses of an array that learn by a local rule: what the rule asks for becomes pulses through the array's one door. */
export class PlasticSynapses {
  readonly rule: LocalRule;
  readonly array: SynapseArray;
  readonly #steps: PulseSteps;
  readonly #rounding: PulseRounding;
  readonly #draw: Draw;
  /** Steps so far: they number the draws. */
  steps = 0;

  /**
   * @param steps  by how much one pulse changes a weight, in the unit of the rule's changes; a rule that gives pulses does not look at them
   * @param draw  addresses stochastic rounding
   */
  constructor(rule: LocalRule, array: SynapseArray, steps: PulseSteps, rounding: PulseRounding, draw: Draw) {
    if (rule.asked.synapses !== array.synapses) {
      throw new Error(`a rule for ${rule.asked.synapses} synapses on an array of ${array.synapses}`);
    }
    this.rule = rule;
    this.array = array;
    this.#steps = rule.kind.gives === "pulses" ? { growing: 1, falling: 1 } : steps;
    this.#rounding = rounding;
    this.#draw = at(draw, "pulse rounding");
  }

  /**
   * One step: what the rule asks for is applied, and time passes for all devices.
   *
   * @param seconds  that the step lasts, the pulses within it
   * @returns what it came to; null where no pulse was asked for
   */
  learn(seen: Seen, seconds = 0): UpdateWork | null {
    const asked = this.rule.request(seen);
    const step = this.steps++;
    const [synapses, pulses]: [number[], number[]] = [[], []];
    for (const synapse of asked.selected()) {
      const count = pulsesFor(asked.of(synapse), this.#steps, this.#rounding, this.#draw, synapse, step);
      if (count === 0) continue;
      synapses.push(synapse);
      pulses.push(count);
    }
    if (pulses.length > 0) return this.array.update(Int16Array.from(pulses), Uint32Array.from(synapses), seconds);
    this.array.positive.elapse(seconds);
    this.array.negative?.elapse(seconds);
    return null;
  }
}

/**
 * Whole pulses for a change of one synapse.
 *
 * @param change  of the weight, in the unit of `steps`
 * @param draw  with synapse and event addresses what stochastic rounding draws
 */
export function pulsesFor(
  change: number,
  { growing, falling }: PulseSteps,
  rounding: PulseRounding,
  draw: Draw,
  synapse: number,
  event: number,
): number {
  const exact = change / (change > 0 ? growing : falling);
  const rounded = roundedPulses(exact, rounding, draw, synapse, event);
  return Math.max(-mostPulses, Math.min(mostPulses, rounded));
}

function roundedPulses(exact: number, rounding: PulseRounding, draw: Draw, synapse: number, event: number): number {
  if (Number.isInteger(exact) || rounding === "toward-zero") return Math.trunc(exact);
  if (rounding === "nearest") return Math.round(exact);
  const [low, high] = wordsOfEvent(event);
  const share = (philox4x32([synapse, low, high, uniformMark], draw.key)[0] + 0.5) * 2 ** -32;
  return Math.floor(exact + share);
}
