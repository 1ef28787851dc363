import { namesNear } from "../../src/ground/errors.ts";
import type { HowKnown } from "../../src/ground/known.ts";
import { roundedSum, sumOf } from "./compensated-sum.ts";
import type { Costs, OperationCost } from "./costs.ts";
import type { LedgerEntry } from "./ledger.ts";

/** The place under which reads for drift compensation are reported, and the component they make. */
export const compensationPlace = "compensation";
const compensationComponent = "compensation reads";

/** One figure of an account, with everything that explains it. */
export interface AccountLine {
  readonly component: string;
  readonly operation: string;
  readonly place: string;
  readonly count: number;
  /** J. */
  readonly energy: number;
  /** s added to the latency. */
  readonly duration: number;
  /** J for one operation, W for static power, J per J for headroom. */
  readonly energyEach: number;
  readonly formula: string;
  readonly node: number | null;
  readonly howKnown: HowKnown;
  readonly source: string | null;
}

/**
 * Prices a ledger. Two lines follow from others rather than from events: supply headroom from the work of cell reads, and
 * static power from every duration, for as many tiles as the chip keeps on.
 *
 * @param tiles  tiles that draw static power while an inference lasts
 */
export function account(entries: Iterable<LedgerEntry>, costs: Costs, tiles: number): AccountLine[] {
  const lines: AccountLine[] = [];
  const durations = new Map<string, number[]>();
  for (const { operation, place, count, work, duration } of entries) {
    const cost = costOf(operation, costs);
    const happened = roundedSum(count);
    const done = roundedSum(work);
    const seconds = roundedSum(duration);
    lines.push(line(cost, place, happened, cost.each * happened + done, seconds));
    if (operation === "cellRead") {
      const headroom = costs.operations.supplyHeadroom!;
      lines.push(line(headroom, place, happened, headroom.each * done, 0));
    }
    if (seconds > 0) durations.set(place, [...(durations.get(place) ?? []), seconds]);
  }
  const power = tiles * costs.staticPower.tile + costs.staticPower.digital;
  for (const [place, seconds] of durations) {
    lines.push({ ...line(costs.operations.static!, place, 1, power * sumOf(seconds), 0), energyEach: power });
  }
  return lines;
}

export interface Totals {
  readonly total: number;
  readonly byComponent: Readonly<Record<string, number>>;
  readonly byPlace: Readonly<Record<string, number>>;
}

/** J in all, by component and by place: each pair of sums is the whole. */
export function energyOf(lines: readonly AccountLine[]): Totals {
  return totals(lines, ({ energy }) => energy);
}

/** s in all, by component and by place. */
export function latencyOf(lines: readonly AccountLine[]): Totals {
  return totals(lines, ({ duration }) => duration);
}

/** One row for each operation of a component, all places together: the account as a reader checks it. */
export function explain(lines: readonly AccountLine[]): Omit<AccountLine, "place">[] {
  return [...groups(lines, ({ component, operation }) => `${component}\n${operation}`).values()].map((group) => {
    const { place: _place, ...first } = group[0]!;
    return {
      ...first,
      count: sumOf(group.map(({ count }) => count)),
      energy: sumOf(group.map(({ energy }) => energy)),
      duration: sumOf(group.map(({ duration }) => duration)),
    };
  });
}

function costOf(operation: string, costs: Costs): OperationCost {
  const cost = costs.operations[operation];
  if (cost && operation !== "supplyHeadroom" && operation !== "static") return cost;
  const names = Object.keys(costs.operations);
  throw new Error(
    cost
      ? `"${operation}" follows from other events and is not reported as one`
      : `no cost for operation "${operation}"; near: ${namesNear(operation, names).join(", ")}`,
  );
}

function line(cost: OperationCost, place: string, count: number, energy: number, duration: number): AccountLine {
  const { operation, each, formula, node, howKnown, source } = cost;
  const component = place === compensationPlace ? compensationComponent : cost.component;
  return { component, operation, place, count, energy, duration, energyEach: each, formula, node, howKnown, source };
}

function totals(lines: readonly AccountLine[], figure: (line: AccountLine) => number): Totals {
  const by = (name: (line: AccountLine) => string): Record<string, number> =>
    Object.fromEntries([...groups(lines, name)].map(([key, group]) => [key, sumOf(group.map(figure))]));
  return {
    total: sumOf(lines.map(figure)),
    byComponent: by(({ component }) => component),
    byPlace: by(({ place }) => place),
  };
}

function groups(lines: readonly AccountLine[], name: (line: AccountLine) => string): Map<string, AccountLine[]> {
  const found = new Map<string, AccountLine[]>();
  for (const entry of lines) {
    const group = found.get(name(entry));
    if (group) group.push(entry);
    else found.set(name(entry), [entry]);
  }
  return found;
}
