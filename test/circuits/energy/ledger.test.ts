import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  account,
  compensationPlace,
  costsOf,
  energyOf,
  explain,
  Ledger,
  type LedgerEntry,
  latencyOf,
} from "../../../circuits/energy/index.ts";
import type { OperationEvent } from "../../../src/ground/events.ts";
import { chipWith, valuesOf } from "./phase-change-chip.ts";

const costs = costsOf(valuesOf("costs/phase-change-32nm"), chipWith());
const reported = Object.keys(costs.operations).filter((name) => name !== "supplyHeadroom" && name !== "static");
const pinned = { seed: 20260301 };

const magnitude = fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x * 10 ** (x * 18 - 12));
const event: fc.Arbitrary<OperationEvent> = fc.record({
  operation: fc.constantFrom(...reported),
  place: fc.constantFrom("fc1", "fc2", "digital", compensationPlace),
  count: fc.nat(1e9),
  work: magnitude,
  duration: magnitude,
});
const events = fc.array(event, { maxLength: 60 });

const ledgerOf = (list: readonly OperationEvent[]): Ledger => {
  const ledger = new Ledger();
  for (const each of list) ledger.add(each);
  return ledger;
};
const sum = (record: Readonly<Record<string, number>>): number => Object.values(record).reduce((a, b) => a + b, 0);
// Parts are rounded once each, their sum once more: a dozen roundings of 1.1e-16.
const close = (actual: number, expected: number): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(3e-15 * Math.abs(expected));
};
const closeEntries = (actual: readonly LedgerEntry[], expected: readonly LedgerEntry[]): void => {
  expect(actual.map(({ operation, place }) => [operation, place])).toEqual(
    expected.map(({ operation, place }) => [operation, place]),
  );
  for (const [i, entry] of actual.entries()) {
    for (const name of ["count", "work", "duration"] as const) {
      close(entry[name].high + entry[name].low, expected[i]![name].high + expected[i]![name].low);
    }
  }
};

describe("ledger", () => {
  it("splits energy and latency so that the parts are the whole, whatever happened", () => {
    fc.assert(
      fc.property(events, fc.nat(100), (list, tiles) => {
        const lines = account(ledgerOf(list).entries(), costs, tiles);
        for (const { total, byComponent, byPlace } of [energyOf(lines), latencyOf(lines)]) {
          close(sum(byComponent), total);
          close(sum(byPlace), total);
        }
        const rows = explain(lines);
        close(
          rows.reduce((joules, { energy }) => joules + energy, 0),
          energyOf(lines).total,
        );
        expect(lines.every(({ energy, duration, count }) => energy >= 0 && duration >= 0 && count >= 0)).toBe(true);
      }),
      pinned,
    );
  });

  it("does not depend on the order of events", () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (list, keys) => {
        const shuffled = list.map((each) => [keys.next().value as number, each] as const);
        shuffled.sort(([a], [b]) => a - b);
        closeEntries(ledgerOf(shuffled.map(([, each]) => each)).entries(), ledgerOf(list).entries());
      }),
      pinned,
    );
  });

  it("merges associatively, through plain data, to the ledger of all events", () => {
    fc.assert(
      fc.property(events, events, events, (a, b, c) => {
        const sent = (list: readonly OperationEvent[]): LedgerEntry[] =>
          JSON.parse(JSON.stringify(ledgerOf(list).entries())) as LedgerEntry[];
        const left = new Ledger(sent(a));
        left.merge(sent(b));
        left.merge(sent(c));
        const right = new Ledger(sent(b));
        right.merge(sent(c));
        right.merge(sent(a));
        closeEntries(left.entries(), right.entries());
        closeEntries(left.entries(), ledgerOf([...a, ...b, ...c]).entries());
      }),
      pinned,
    );
  });

  it("loses no small event behind large ones: a million of them add up", () => {
    const ledger = new Ledger();
    ledger.add({ operation: "cellRead", place: "fc1", count: 1, work: 1 });
    for (let i = 0; i < 1_000_000; i++) ledger.add({ operation: "cellRead", place: "fc1", count: 1, work: 1e-17 });
    const [entry] = ledger.entries();
    // Plain float64 addition leaves exactly 1 here.
    expect(entry!.work.high + entry!.work.low - 1).toBeCloseTo(1e-11, 15);
  });

  it("scales to one inference and moves to another place without changing the whole", () => {
    const list: OperationEvent[] = [
      { operation: "cellRead", place: "fc1", count: 512, work: 1e-9, duration: 1e-7 },
      { operation: "outputConversion", place: "fc2", count: 512, duration: 8e-8 },
    ];
    const per = ledgerOf(list).scaled(1 / 8);
    close(
      energyOf(account(per.entries(), costs, 3)).total * 8,
      energyOf(account(ledgerOf(list).entries(), costs, 3)).total,
    );
    const moved = energyOf(account(ledgerOf(list).movedTo(compensationPlace).entries(), costs, 3));
    expect(Object.keys(moved.byComponent)).toEqual(["compensation reads"]);
    close(moved.total, energyOf(account(ledgerOf(list).entries(), costs, 3)).total);
  });

  it("refuses an event that no physics can report, an operation without a cost, and one that follows from others", () => {
    for (const bad of [{ count: -1 }, { work: -1e-12 }, { duration: Number.NaN }, { count: Infinity }]) {
      expect(() => new Ledger().add({ operation: "cellRead", place: "fc1", count: 1, ...bad })).toThrow(/fc1/);
    }
    const unknown = ledgerOf([{ operation: "cellRed", place: "fc1", count: 1 }]);
    expect(() => account(unknown.entries(), costs, 1)).toThrow(/cellRead/);
    const derived = ledgerOf([{ operation: "static", place: "fc1", count: 1 }]);
    expect(() => account(derived.entries(), costs, 1)).toThrow(/follows from other events/);
  });
});

describe("what an account says of known events", () => {
  // One product of a 512 x 512 tile: 0.4 nJ of cells in 128 ns, 512 conversions on 64 converters of 10 ns.
  const lines = account(
    ledgerOf([
      { operation: "cellRead", place: "fc1", count: 512 * 512 * 2, work: 4e-10, duration: 128e-9 },
      { operation: "inputConversion", place: "fc1", count: 512 },
      { operation: "wordLineDrive", place: "fc1", count: 512 },
      { operation: "outputConversion", place: "fc1", count: 512, duration: 80e-9 },
      { operation: "accumulate", place: "fc1", count: 512 },
      { operation: "bufferRead", place: "fc1", count: 512 },
      { operation: "bufferWrite", place: "fc1", count: 512 },
      { operation: "digitalOperation", place: "digital", count: 256 },
      { operation: "digitalMac", place: "digital", count: 100 },
      { operation: "bitLineDrive", place: "fc1", count: 200 },
      { operation: "refreshRead", place: "fc1", count: 400, work: 5e-12 },
      { operation: "potentiation", place: "fc1", count: 30, work: 6e-12 },
      { operation: "depression", place: "fc1", count: 10, work: 4e-12 },
      { operation: "halfSelectedPulse", place: "fc1", count: 1000, work: 3e-12 },
      { operation: "updateWordLineDrive", place: "fc1", count: 30 },
      { operation: "updateBitLineDrive", place: "fc1", count: 20 },
      { operation: "updateRandomBit", place: "fc1", count: 31 * 1024 },
    ]).entries(),
    costs,
    2,
  );
  const { byComponent, byPlace } = energyOf(lines);

  // Expected values written out from the cost table, J.
  it.each([
    ["cell reads", 4e-10],
    ["supply headroom", 4e-10 * (0.9 / 0.2 - 1)],
    ["input converters", 512 * 0.0375e-12],
    ["word-line drivers", 512 * (0.5e-15 * 2 * 512 * 0.9 ** 2)],
    ["bit-line drivers", 200 * (0.5e-15 * 512 * 0.9 ** 2)],
    ["update pulses", 10e-12],
    ["digital accumulate", 512 * (1.1e-12 + 0.4e-12) * 2],
    ["buffers", 2 * 512 * 2.5e-12],
    ["digital operators", 256 * 1.1e-12 * 2 + 100 * ((1.1e-12 + 0.9e-12) * 2 + 2 * 2.5e-12)],
    ["half-selected cells", 3e-12],
    ["update line drivers", (30 * 2 * 512 + 20 * 512) * 0.5e-15 * 3.3 ** 2],
    ["update logic", 31 * 1024 * 0.03e-12],
    ["static", (2 * 0.5e-3 + 1e-3) * 208e-9],
  ])("charges %s", (component, joules) => {
    expect(byComponent[component]! / joules).toBeCloseTo(1, 12);
  });

  it("names the same components as the costs do, and places", () => {
    const named = new Set(Object.values(costs.operations).map(({ component }) => component));
    expect(Object.keys(byComponent).sort()).toEqual([...named].sort());
    expect(Object.keys(byPlace).sort()).toEqual(["digital", "fc1"]);
    expect(latencyOf(lines).byComponent).toMatchObject({ "cell reads": 128e-9, "output converters": 80e-9 });
    expect(latencyOf(lines).total).toBeCloseTo(208e-9, 18);
  });

  it("explains every row: a formula, how it is known, and its energy from count and energy each", () => {
    for (const row of explain(lines)) {
      expect(row.formula).not.toBe("");
      expect(["measured", "paper", "secondary", "derived", "assumed"]).toContain(row.howKnown);
      if (
        ![
          "cellRead",
          "refreshRead",
          "potentiation",
          "depression",
          "supplyHeadroom",
          "static",
          "halfSelectedPulse",
        ].includes(row.operation)
      ) {
        expect(row.count * row.energyEach).toBeCloseTo(row.energy, 20);
      }
    }
  });
});
