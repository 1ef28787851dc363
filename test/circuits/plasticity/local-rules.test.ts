import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  LocalRule,
  localRuleKind,
  localRules,
  type Seen,
  type Signal,
  signals,
} from "../../../circuits/plasticity/index.ts";
import { everySignal, ms } from "./rules.ts";

const [inputs, neurons] = [3, 2];
const asking = localRules.filter(({ gives }) => gives !== "stimuli");

function ruleOf(name: string, gives: readonly Signal[] = everySignal, parameters = {}): LocalRule {
  return new LocalRule(name, { inputs, neurons, step: ms, gives }, parameters);
}

const lines = (of: number, value: fc.Arbitrary<number>) => fc.array(value, { minLength: of, maxLength: of });
const spike = fc.integer({ min: 0, max: 1 });
const real = fc.double({ min: -1, max: 1, noNaN: true });
const moment: fc.Arbitrary<Required<Seen>> = fc.record({
  "pre spikes": lines(inputs, spike),
  "post spikes": lines(neurons, spike),
  "pre rates": lines(inputs, real),
  "post rates": lines(neurons, real),
  "pre membrane": lines(inputs, real),
  "post membrane": lines(neurons, real),
  desire: lines(neurons, fc.integer({ min: -1, max: 1 })),
  "third factor": real,
  weights: lines(inputs * neurons, fc.double({ min: 0, max: 1, noNaN: true })),
});
const course = fc.array(moment, { minLength: 1, maxLength: 12 });

/** What is asked of a synapse in each step. */
const changes = (rule: LocalRule, steps: readonly Seen[], synapse: number): number[] =>
  steps.map((seen) => rule.request(seen).of(synapse));

describe.each(asking)("the local rule $name", ({ name, needs, keeps, reach, gives }) => {
  it("keeps as many numbers as it says, where it says", () => {
    const expected = keeps.row * inputs + keeps.column * neurons + keeps.synapse * inputs * neurons + keeps.array;
    const bytes = ruleOf(name).save().byteLength;
    expect([4 * expected, 8 * expected]).toContain(bytes);
  });

  it("looks at nothing but what it needs, and of other lines at nothing unless it says so", () => {
    fc.assert(
      fc.property(course, course, (steps, others) => {
        // Everything that synapse 0 has no business with is another's.
        const strange = steps.map((seen, k) => {
          const other = others[k % others.length]!;
          const mixed = Object.entries(seen).map(([signal, own]) => {
            const foreign = other[signal as Signal];
            if (!needs.includes(signal as Signal)) return [signal, foreign];
            if (reach === "whole array" || typeof own === "number") return [signal, own];
            return [signal, (own as number[]).map((value, line) => (line === 0 ? value : (foreign as number[])[line]))];
          });
          return Object.fromEntries(mixed) as Required<Seen>;
        });
        expect(changes(ruleOf(name), strange, 0)).toEqual(changes(ruleOf(name), steps, 0));
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it("asks for whole pulses where it gives pulses, goes on bit for bit after a restore", () => {
    fc.assert(
      fc.property(course, course, (before, after) => {
        const [one, other] = [ruleOf(name), ruleOf(name)];
        for (const seen of before) {
          const asked = one.request(seen);
          if (gives === "pulses") for (const k of asked.selected()) expect(Number.isInteger(asked.of(k))).toBe(true);
        }
        other.restore(one.save());
        for (const seen of after) {
          const [expected, found] = [one.request(seen), other.request(seen)];
          expect([...found.selected()]).toEqual([...expected.selected()]);
          for (const k of expected.selected()) expect(found.of(k)).toBe(expected.of(k));
        }
      }),
      { seed: 1, numRuns: 20 },
    );
    expect(() => ruleOf(name).restore(new Uint8Array(3))).toThrow(`saved rule "${name}": 3 bytes`);
  });

  it("is refused by name where the network does not give what it needs", () => {
    for (const signal of needs) {
      const gives = everySignal.filter((own) => own !== signal);
      expect(() => ruleOf(name, gives)).toThrow(`rule "${name}" needs "${signal}", which this network does not give`);
    }
    expect(() => ruleOf(name, needs)).not.toThrow();
    expect(() => ruleOf(name).request({})).toThrow(`rule "${name}" was not shown`);
  });
});

describe("local rules", () => {
  it("have names, sources with an identifier, parameters with units, and needs that there are", () => {
    expect(new Set(localRules.map(({ name }) => name)).size).toBe(localRules.length);
    for (const { source, needs, parameters } of localRules) {
      expect(source).toMatch(/doi:10\.\d{4,}\/\S+|arXiv:\d{4}\.\d{5}/);
      for (const signal of needs) expect(Object.keys(signals)).toContain(signal);
      for (const { unit, text, value } of Object.values(parameters)) {
        expect(text.length).toBeGreaterThan(2);
        expect(["1", "s", "V", ""]).toContain(unit);
        expect(typeof value === "string").toBe(unit === "");
      }
    }
  });

  it("are refused by names near an unknown one, and so are their parameters", () => {
    expect(() => localRuleKind("pair-stpd")).toThrow(/^no local rule "pair-stpd", expected .*; near: pair-stdp/);
    expect(() => ruleOf("oja", everySignal, { rat: 1 })).toThrow('rule "oja" has no parameter "rat"; near: rate');
    expect(() => ruleOf("oja", everySignal, { rate: -1 })).toThrow('rule "oja": rate is -1, expected a number from 0');
    expect(() => ruleOf("pair-stdp", everySignal, { preTime: 0 })).toThrow("preTime is 0, expected a number above 0");
    expect(() => ruleOf("pair-stdp", everySignal, { pairing: "some" })).toThrow(
      "pairing is some, expected all or nearest",
    );
    expect(() => ruleOf("soft-hebb", everySignal, { memory: 2 })).toThrow("memory is 2, expected a number from 0 to 1");
    expect(() => ruleOf("three-factor-in-device")).toThrow("acts in the device itself: it asks for no pulses");
  });
});
