import { inputError } from "../../src/ground/errors.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import { normalDistribution } from "../../src/ground/statistics/index.ts";
import { numbersAt } from "../values.ts";

/** The step that a pulse makes from a conductance, S, of a standard normal: its median at 0. */
export type StepTable = (conductance: number, normal: number) => number;

/** Fewest measured steps that a state's quantiles are taken of. */
const fewestSteps = 10;

/**
 * One direction of a set's table over `states`, S, rising. It is given as `quantiles` of the step, S, at the probabilities `levels` from 0 to 1, a row
 * a state; as `mean` and `deviation` of a normal step, S, one a state; or as conductances `before` and `after` measured pulses, S, whose steps then
 * give the quantiles of the state that they began nearest to. Between two states the quantiles are straight, beyond the last as there.
 */
export function stepTableOf(values: KnownTree, direction: "up" | "down"): StepTable {
  const states = rising(values, "states", 2);
  const has = (key: string): boolean => leafAt(values, `${direction}.${key}`) !== undefined;
  const list = (key: string, count: number) => numbersAt(values, `${direction}.${key}`, count, count);
  if (has("mean")) {
    const [mean, deviation] = [list("mean", states.length), list("deviation", states.length)];
    return (conductance, normal) => {
      const place = placeIn(states, conductance);
      return between(place, (k) => mean[k]! + deviation[k]! * normal);
    };
  }
  const levels = rising(values, "levels", 2);
  if (levels[0] !== 0 || levels.at(-1) !== 1) {
    throw inputError({
      file: "parameter set",
      place: "levels",
      found: levels.join(", "),
      expected: "levels from 0 to 1",
    });
  }
  const quantiles = has("quantiles")
    ? list("quantiles", states.length * levels.length)
    : quantilesOf(values, direction, states, levels);
  return (conductance, normal) => {
    const level = placeIn(levels, normalDistribution(normal));
    const row = (k: number) => between(level, (l) => quantiles[k * levels.length + l]!);
    return between(placeIn(states, conductance), row);
  };
}

function quantilesOf(
  values: KnownTree,
  direction: string,
  states: readonly number[],
  levels: readonly number[],
): readonly number[] {
  const before = numbersAt(values, `${direction}.before`, 1, 1e6);
  const after = numbersAt(values, `${direction}.after`, before.length, before.length);
  const steps: number[][] = states.map(() => []);
  for (const [i, from] of before.entries()) {
    const { index, share } = placeIn(states, from);
    steps[share < 0.5 ? index : index + 1]!.push(after[i]! - from);
  }
  return steps.flatMap((own, k) => {
    if (own.length < fewestSteps) {
      const place = `${direction}.before`;
      const found = `${own.length} steps from about ${states[k]} S`;
      throw inputError({ file: "parameter set", place, found, expected: `${fewestSteps} or more near every state` });
    }
    own.sort((a, b) => a - b);
    const places = own.map((_, i) => i / (own.length - 1));
    return levels.map((level) => between(placeIn(places, level), (i) => own[i]!));
  });
}

/** Where a number lies in a rising list: after which member, and how far to the next; ends are ends. */
interface Place {
  readonly index: number;
  readonly share: number;
}

function placeIn(list: readonly number[], value: number): Place {
  let [low, high] = [0, list.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle]! <= value) low = middle;
    else high = middle;
  }
  return { index: low, share: Math.min(1, Math.max(0, (value - list[low]!) / (list[low + 1]! - list[low]!))) };
}

function between({ index, share }: Place, at: (k: number) => number): number {
  return (1 - share) * at(index) + share * at(index + 1);
}

function rising(values: KnownTree, path: string, fewest: number): readonly number[] {
  const list = numbersAt(values, path, fewest, 10_000);
  if (list.every((value, k) => k === 0 || value > list[k - 1]!)) return list;
  throw inputError({ file: "parameter set", place: path, found: list.join(", "), expected: "rising numbers" });
}
