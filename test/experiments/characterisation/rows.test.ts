import { describe, expect, it } from "vitest";
import { characterised } from "./characterised.ts";

const range = 25e-6;
/** An ohmic conductor at 10 uS, so that every number follows from V, G and t. */
const ohmic = (...lines: string[]) =>
  `steps:\n  - program: {conductance: 10 uS}\n${lines.map((line) => `  - ${line}\n`).join("")}`;
const g = Math.fround(10e-6);

async function rowsOf(model: string, file: string, step: number) {
  const { columns, ...rest } = await characterised({ model, file });
  const rows = columns.step!.flatMap((own, row) => (own === step ? [row] : []));
  const pick = (name: string) => rows.map((row) => columns[name]![row]!);
  return {
    ...rest,
    time: pick("time"),
    voltage: pick("voltage"),
    current: pick("current"),
    conductance: pick("conductance"),
  };
}

/** Equal to a few roundings. */
function expectNear(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [k, value] of found.entries()) {
    expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(1e-12 * Math.abs(expected[k]!));
  }
}

describe("rows of a step", () => {
  it("pulses: one before the first, one after each with the pulse's own voltage and current; a period is twice the width", async () => {
    const rows = await rowsOf("ideal", ohmic("pulse: {voltage: 0.5 V, width: 1 us, count: 3}"), 1);
    expect(rows.voltage).toEqual([0, 0.5, 0.5, 0.5]);
    expectNear(rows.current, [0, 0.5 * g, 0.5 * g, 0.5 * g]);
    expectNear(rows.time, [0, 1e-6, 3e-6, 5e-6]);
    expectNear([rows.energy.pulse], [3 * 0.25 * g * 1e-6]);
    expectNear([rows.summary.duration], [6e-6]);
  });

  it("edges come before and after the width, and their work counts: V^2 G t / 3 each", async () => {
    const rows = await rowsOf("ideal", ohmic("pulse: {voltage: 0.3 V, width: 1 us, rise: 2 us, fall: 3 us}"), 1);
    expectNear(rows.time, [0, 6e-6]);
    expectNear([rows.energy.pulse], [0.09 * g * (1e-6 + 5e-6 / 3)]);
  });

  it("a wait: logarithmic from a thousandth, the last row at its end", async () => {
    const { time, voltage, current } = await rowsOf("ideal", ohmic("wait: {time: 1 h, samples: 4}"), 1);
    expectNear(time, [3.6, 36, 360, 3600]);
    expect([...voltage, ...current].every((value) => value === 0)).toBe(true);
  });

  it("a sweep: evenly over the whole path, both ends among them", async () => {
    const file = ohmic("sweep: {voltage: [0 V, 1 V, -1 V, 0 V], rate: 2 V/s, samples: 9}");
    const { time, voltage, current, energy } = await rowsOf("ideal", file, 1);
    expectNear(voltage, [0, 0.5, 1, 0.5, 0, -0.5, -1, -0.5, 0]);
    expectNear(time, [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
    expectNear(
      current,
      voltage.map((volts) => volts * g),
    );
    // Four ramps of a second's half each: V^2 G t / 3.
    expectNear([energy.pulse], [(4 * g * 0.5) / 3]);
  });

  it("a sweep keeps its corners between samples", async () => {
    const file = ohmic("sweep: {voltage: [0 V, 1 V, 0 V], rate: 1 V/s, samples: 4}");
    const { voltage, energy } = await rowsOf("ideal", file, 1);
    expectNear(voltage, [0, 2 / 3, 2 / 3, 0]);
    expectNear([energy.pulse], [(2 * g) / 3]);
  });

  it("reads: count rows, intervals from start to start", async () => {
    const rows = await rowsOf("ideal", ohmic("read: {voltage: 0.2 V, width: 1 us, count: 3, interval: 1 ms}"), 1);
    expectNear(rows.time, [1e-6, 1.001e-3, 2.001e-3]);
    expectNear(rows.current, [0.2 * g, 0.2 * g, 0.2 * g]);
    expectNear([rows.energy.read], [3 * 0.04 * g * 1e-6]);
    expect(rows.summary.reads).toBe(3);
  });

  it("a bias: evenly, the last at its end, its work the voltage held", async () => {
    const { time, current, energy } = await rowsOf("ideal", ohmic("bias: {voltage: 0.4 V, time: 10 s, samples: 4}"), 1);
    expectNear(time, [2.5, 5, 7.5, 10]);
    expectNear(current, Array(4).fill(0.4 * g));
    expectNear([energy.hold], [0.16 * g * 10]);
  });

  it("a programming: one before, one after, the target reached", async () => {
    const { conductance, voltage } = await rowsOf("ideal", ohmic(), 0);
    expect(conductance).toEqual([0, g]);
    expect(voltage).toEqual([0, 0.2]);
  });

  it("a repeat: those of its steps, its rounds counted", async () => {
    const file =
      "steps:\n  - repeat: {count: 3, steps: [{read: {count: 2}}, {wait: {time: 1 s, samples: 1}}]}\n  - read: {}\n";
    const { columns } = await characterised({ model: "ideal", file });
    expect(columns.step).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1, 2]);
    expect(columns.cycle).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 0]);
  });

  it("a step may be a word alone where it needs no value", async () => {
    const { columns } = await characterised({ model: "ideal", file: "steps: [read, {read: }]\n" });
    expect(columns.step).toEqual([0, 1]);
  });

  it("stand device by device, from 0", async () => {
    const { columns } = await characterised({ model: "ideal", file: ohmic("read: {}"), devices: 3 });
    expect(columns.device).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    expect(new Set(Object.values(columns).map(({ length }) => length))).toEqual(new Set([9]));
  });

  it("have currents that their source's limit holds", async () => {
    const { current } = await rowsOf("vteam", "steps:\n  - bias: {voltage: 0.4 V, time: 1 us, compliance: 1 mA}\n", 0);
    expect(Math.max(...current)).toBe(1e-3);
    // Without it the same voltage drives 0.4 V / 50 ohm.
    const free = await rowsOf("vteam", "steps:\n  - bias: {voltage: 0.4 V, time: 1 us}\n", 0);
    expect(Math.max(...free.current)).toBeCloseTo(8e-3, 9);
  });
});

describe("energy", () => {
  it("is the sum of its parts, over all devices", async () => {
    const file =
      "steps:\n  - pulse: {voltage: 0.3 V, width: 100 ps, count: 9}\n  - read: {count: 3}\n  - bias: {voltage: 10 mV, time: 1 ns}\n";
    const [one, three] = [1, 3].map((devices) => characterised({ model: "vteam", file, devices, set: ["spread=0"] }));
    const { energy } = await one!;
    expect(energy.total).toBe(energy.pulse + energy.read + energy.hold + energy.light);
    expect(Math.min(energy.pulse, energy.read, energy.hold)).toBeGreaterThan(0);
    expect((await three!).energy.total / energy.total).toBeCloseTo(3, 12);
  });

  it("of write and verify is told apart: pulses and reads", async () => {
    const { energy, summary } = await characterised({
      model: "vteam",
      file: "steps: [{program: {conductance: 10 mS}}]\n",
    });
    expect(energy.pulse).toBeGreaterThan(0);
    expect(energy.read).toBeGreaterThan(0);
    expect(summary.reads).toBeGreaterThan(1);
    expect(Math.abs(summary.last.mean / 10e-3 - 1)).toBeLessThan(0.05);
  });
});

describe("draws", () => {
  const asked = { model: "pcm", devices: 40, name: "program-and-verify" };

  it("are the same bits for the same seed, others for another", async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => characterised({ ...asked, seed })));
    expect(same!.columns).toEqual(one!.columns);
    expect(other!.columns.conductance).not.toEqual(one!.columns.conductance);
  });

  it("vanish with spread=0 and readNoise=0", async () => {
    const { columns, course } = await characterised({ ...asked, set: ["spread=0", "readNoise=0"] });
    const first = columns.current!.slice(0, course.filled);
    expect(columns.current).toEqual(Array(40).fill(first).flat());
    const noisy = await characterised({ ...asked, set: ["spread=0"] });
    expect(noisy.columns.conductance).toEqual(columns.conductance);
    expect(noisy.columns.current).not.toEqual(columns.current);
  });
});

describe("a run", () => {
  it("that is stopped has what was finished, and says so", async () => {
    const { columns, interrupted, summary, warnings } = await characterised(
      { model: "ideal", file: ohmic("read: {count: 100}") },
      10,
    );
    expect(interrupted).toBe(true);
    expect(warnings).toEqual(["stopped before the protocol's end: later rows are missing"]);
    expect(columns.time).toHaveLength(10);
    expect(summary.rows).toBe(10);
  });

  it("warns of targets that the set is not for", async () => {
    const { warnings } = await characterised({
      model: "ideal",
      file: `steps: [{program: {conductance: ${2 * range} S}}]\n`,
    });
    expect(warnings).toEqual([expect.stringContaining("50 uS")]);
  });

  it("tells what the device refuses with the step's place", async () => {
    const file = ohmic("pulse: {voltage: 3 V, width: 1 us}");
    await expect(characterised({ model: "pcm", file })).rejects.toThrow(/^asked.yaml:3: pulse: pcm: .*3 V$/);
  });

  it("says the law and its source; a definition has none", async () => {
    const [vteam, ideal] = await Promise.all(["vteam", "ideal"].map((model) => characterised({ model })));
    expect(vteam!.law.source).toContain("10.1109/TCSII.2015.2433536");
    expect(ideal!.law).toEqual({ text: "I = G V, G the conductance asked for", source: null });
  });
});
