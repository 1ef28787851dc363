import { describe, expect, it } from "vitest";
import { accumulation } from "../../../devices/phase-change/accumulation.ts";
import { at, drawOf, fillNormalOfCells, normalsOfCell } from "../../../src/ground/draws/index.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { withValues } from "../../contracts/golden.ts";
import { bothEngines, onBoth, worst } from "../../ground/kernels/engines.ts";

const set = shippedSet("pcm-accumulation", "nandakumar-2018");
const count = 1003;
const some = Uint32Array.from({ length: 201 }, (_, k) => 5 * k + (k % 3));
const pulses = Int16Array.from(some, (_, k) => (k % 11 === 0 ? -1 - (k % 2) : k % 5));

/** A life of few cells among many: trains, waits of all, a reading of the few; currents of that and all conductances, work and wear after it. */
function life(values: KnownTree) {
  return (engine: Engine) => {
    const device = accumulation.prepare(values);
    const cells = device.create(engine, count, drawOf(3), everything);
    const [current, work] = [new Float64Array(count), new Float64Array(count)];
    const { potentiate, depress } = device.operation;
    for (let step = 0; step < 5; step++) {
      cells.train!({ potentiate: potentiate!, depress: depress!, counts: pulses, selected: some, lasting: 1e-6 }, work);
      cells.elapse(50 * step);
      cells.read({ voltage: 0.2, duration: 1e-6 }, step, current, work, some);
    }
    const [now, wear] = [new Float32Array(count), new Float64Array(count)];
    cells.conductance(now);
    cells.wear!(wear);
    return { now, wear, current, work, saved: cells.save(), device, cells };
  };
}

type Engine = Awaited<ReturnType<typeof bothEngines>>["kernels"];

describe("trains and reads of a few phase-change cells", () => {
  it.each<[string, Readonly<Record<string, number | string>>]>([
    ["as published", {}],
    ["with steps and drift of the devices' own", { "step.ownShare": 0.4, "drift.exponentSpread": 0.3 }],
    ["with drift that follows the conductance", { "drift.follows": "conductance" }],
  ])("are the same from the kernels and from their twins: %s", async (_name, values) => {
    const [kernel, twin] = onBoth(await bothEngines(), life(withValues(set, values)));
    // Normals agree within 2e-6, of which a step's deviation is 2.4 uS at most: five steps of up to four pulses.
    expect(worst(kernel.now, twin.now, (i) => 2e-10 + 1e-5 * twin.now[i]!)).toBeLessThan(1);
    expect(worst(kernel.current, twin.current, (i) => 1e-10 + 1e-5 * Math.abs(twin.current[i]!))).toBeLessThan(1);
    expect(worst(kernel.work, twin.work, (i) => 1e-6 * twin.work[i]!)).toBeLessThan(1);
    expect(kernel.wear).toEqual(twin.wear);
    expect(kernel.cells.clock).toBe(twin.cells.clock);
  });

  it("age cells by what their own pulses leave of the wait, and go on from a saved state", async () => {
    const { kernels } = await bothEngines();
    const one = life(set)(kernels);
    const again = one.device.create(kernels, count, drawOf(3), everything);
    again.restore(one.saved);
    const [a, b] = [new Float32Array(count), new Float32Array(count)];
    for (const [cells, out] of [
      [one.cells, a],
      [again, b],
    ] as const) {
      cells.elapse(1e4);
      cells.conductance(out);
    }
    expect(b).toEqual(a);
    // Cells without a pulse have drifted since they were made: 500 s and 1e4 s of waits, five updates of 1 us.
    const made = one.device.create(kernels, count, drawOf(3), everything);
    made.elapse(500 + 1e4 + 5e-6);
    const fresh = new Float32Array(count);
    made.conductance(fresh);
    const untouched = [...fresh.keys()].filter((i) => !some.includes(i));
    expect(
      worst(
        untouched.map((i) => a[i]!),
        untouched.map((i) => fresh[i]!),
        () => 1e-13,
      ),
    ).toBeLessThan(1);
  });

  it("take the same normals of cells one by one and together", async () => {
    const draw = at(drawOf(7), "few");
    const [kernel, twin] = onBoth(await bothEngines(), (engine) => {
      const cells = engine.memory.uint32(some.length);
      cells.set(some);
      const out = engine.memory.float32(some.length);
      fillNormalOfCells(engine, draw, 2 ** 33 + 1, cells, out);
      return Array.from(out);
    });
    const one = new Float64Array(1);
    for (const [k, cell] of some.entries()) {
      normalsOfCell(draw, cell, 2 ** 33 + 1, one);
      expect(twin[k]).toBe(Math.fround(one[0]!));
    }
    expect(worst(kernel, twin, (k) => 2e-6 * Math.max(1, Math.abs(twin[k]!)))).toBeLessThan(1);
  });
});
