import { describe, expect, it } from "vitest";
import { Arbitration, PulseTrace, SynapseArray } from "../../../circuits/index.ts";
import { HalfSelectedCells } from "../../../circuits/learning/half-selected.ts";
import { halfSelected, inParallel, newLineActivity, type Selection, updateRule } from "../../../crossbar/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";

const engine = await openEngine(1 << 24);
const [rows, columns] = [6, 5];
const count = rows * columns;
const x = Float32Array.of(0.9, -0.4, 0, 0.2, -1, 0.7);
const d = Float32Array.of(0.5, -0.2, 0, 0.1, -0.5);

/** An array, one update asked of it, and what is to watch over its other cells. */
function arrayOf(model: string, set: string, selection: Selection, devices = 1) {
  const one = deviceModel(model).prepare(shippedSet(model, set));
  const device = inParallel(one, devices);
  const cells = device.create(engine, count, at(drawOf(1), "cells"), everything);
  const spec = { devices, policy: "global-clock", increment: 1, potentiationCounter: 1, depressionCounter: 1 } as const;
  const array = new SynapseArray(cells, null, device.operation, "single", new Arbitration(spec, count, drawOf(1)));
  const activity = newLineActivity(rows, columns, false);
  const counts = new Int16Array(count);
  const steps = { growing: 1, falling: 1 };
  updateRule("stochastic", { engine, rows, columns, steps, draw: drawOf(2) }).request(x, d, 10, 0, counts, activity);
  const others = () => new HalfSelectedCells(engine, one, array, rows, columns, selection);
  return { one, array, activity, counts, others };
}

function conductances({ positive }: SynapseArray): Float32Array {
  const out = new Float32Array(positive.count);
  positive.conductance(out);
  return out;
}

describe("cells that an update does not mean", () => {
  it.each([
    ["half", 1 / 2],
    ["third", 1 / 3],
  ] as const)("take V^2 G t and nothing else below the threshold: %s", (selection, share) => {
    const { one, array, activity, counts, others } = arrayOf("pulse-response", "soft-bounds", selection);
    const before = conductances(array);
    const { pulses, work } = others().disturb(counts, activity, true);
    expect(conductances(array)).toEqual(before);
    let [seen, joules] = [0, 0];
    for (const half of ["growing", "falling"] as const) {
      const { voltage, width } = half === "growing" ? one.operation.potentiate! : one.operation.depress!;
      const { along, against } = halfSelected(counts, activity, half, selection)!;
      for (const [i, conductance] of before.entries()) {
        const often = along[i]! + (against?.[i] ?? 0);
        seen += often;
        joules += often * (share * voltage) ** 2 * conductance * width;
      }
    }
    expect(seen).toBeGreaterThan(100);
    expect(pulses).toBe(seen);
    expect(work / joules).toBeCloseTo(1, 6);
  });

  // 1.5 V and half of it, both above the 0.6 V from which the cell's volatile part moves.
  it("are written as by pulses of half the voltage where these write, and with transistors are not", () => {
    const [model, set] = ["strontium-titanate", "weilenmann-2024"];
    const { one, array, activity, counts, others } = arrayOf(model, set, "half");
    const alone = arrayOf(model, set, "half").array.positive;
    const before = conductances(array);
    const { pulses, work } = others().disturb(counts, activity, false);
    const own = new Float64Array(count);
    let given = 0;
    for (const half of ["growing", "falling"] as const) {
      const { voltage, width } = half === "growing" ? one.operation.potentiate! : one.operation.depress!;
      const { along } = halfSelected(counts, activity, half, "half")!;
      const pulse = { voltage: voltage / 2, width };
      alone.train!({ potentiate: pulse, depress: pulse, counts: Int16Array.from(along) }, own);
      for (const often of along) given += often;
    }
    const expected = new Float32Array(count);
    alone.conductance(expected);
    expect(conductances(array)).toEqual(expected);
    expect(conductances(array)).not.toEqual(before);
    expect(pulses).toBe(given);
    expect(work).toBeCloseTo(
      own.reduce((sum, joules) => sum + joules, 0),
      20,
    );

    const kept = arrayOf(model, set, "transistor");
    const untouched = conductances(kept.array);
    expect(kept.others().disturb(kept.counts, kept.activity, true)).toEqual({ pulses: 0, work: 0 });
    expect(conductances(kept.array)).toEqual(untouched);
  });

  it("have seen their part within the update's time: a cell waits for the rest of it alone", () => {
    // The volatile part falls while a cell waits: as long as it was disturbed it does not wait.
    const { one, array, activity, counts, others } = arrayOf("strontium-titanate", "weilenmann-2024", "half");
    const other = arrayOf("strontium-titanate", "weilenmann-2024", "half");
    others().disturb(counts, activity, false);
    other.others().disturb(counts, activity, false);
    array.update(new Int16Array(0), new Uint32Array(0), 1);
    const seen = (["growing", "falling"] as const).map((half) => halfSelected(counts, activity, half, "half")!.along);
    const widths = [one.operation.potentiate!.width, one.operation.depress!.width];
    const waits = Float64Array.from(
      { length: count },
      (_, i) => 1 - seen[0]![i]! * widths[0]! - seen[1]![i]! * widths[1]!,
    );
    other.array.positive.elapse(waits);
    expect(conductances(array)).toEqual(conductances(other.array));
  });

  it("cannot be told apart from a cell's own devices by two lines", () => {
    const { others } = arrayOf("pulse-response", "soft-bounds", "half", 3);
    expect(others).toThrow(/selection "half" cannot tell the 3 devices of a synapse apart/);
  });
});

describe("a trace of pulses", () => {
  it("has a row for every pulse that a device got, in order, and no more rows than asked for", () => {
    const { array, counts } = arrayOf("pulse-response", "soft-bounds", "transistor");
    const trace = new PulseTrace(10);
    trace.update = 7;
    trace.follow(array, 'a "b"', columns, 100, 200);
    const { pulses } = array.update(counts);
    const lines = trace.csv().trimEnd().split("\n");
    expect(lines[0]).toBe("update,layer,row,column,side,device,sign");
    const expected: string[] = [];
    for (const [i, many] of counts.entries()) {
      const cell = `${100 + Math.floor(i / columns)},${200 + (i % columns)}`;
      for (let k = 0; k < Math.abs(many); k++) expected.push(`7,"a ""b""",${cell},positive,0,${Math.sign(many)}`);
    }
    expect(lines.slice(1)).toEqual(expected.slice(0, 10));
    expect(trace.left).toBe(expected.length - 10);
    expect(pulses.potentiation + pulses.depression).toBe(expected.length);
  });
});
