import { describe, expect, it } from "vitest";
import { chalcogenide } from "../../../devices/chalcogenide/chalcogenide.ts";
import { optomemristorLaw } from "../../../devices/chalcogenide/optomemristor.ts";
import type { Cells, Stimulus } from "../../../devices/index.ts";
import { characterise, readDevice } from "../../../experiments/characterisation/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { deviceOf, withValues } from "../../contracts/golden.ts";

const shipped = shippedSet("chalcogenide", "sarwat-2022");
const ms = 1e-3;
const lamp = { irradiance: 1e6, wavelength: 532e-9 };
const dark = { ...lamp, irradiance: 0 };

/** Which signals play which part: what half a coincidence is, and what the third factor is with either sign. */
interface Roles {
  readonly name: string;
  readonly values: KnownTree;
  coincidence(pre: boolean, post: boolean): Stimulus;
  third(sign: number): Stimulus;
}

const roles: readonly Roles[] = [
  {
    name: "the trace set electrically, light as the third factor",
    values: shipped,
    coincidence: (pre, post) => ({ voltage: 0.7 * (Number(pre) + Number(post)), duration: ms }),
    third: (sign) => ({ voltage: 1.25 * sign, duration: ms, light: lamp }),
  },
  {
    name: "the trace set by light, a voltage as the third factor",
    values: withValues(shipped, { "trace.role": "optical" }),
    coincidence: (pre, post) => ({
      voltage: 0,
      duration: ms,
      light: { ...lamp, irradiance: lamp.irradiance * 0.5 * (Number(pre) + Number(post)) },
    }),
    third: (sign) => ({ voltage: 1.75 * sign, duration: ms }),
  },
];

async function cellsOf(values: KnownTree, count: number): Promise<Cells> {
  const engine = await openEngine(1 << 22, "typescript");
  return chalcogenide.prepare(values).create(engine, count, drawOf(1), everything);
}

function apply(cells: Cells, ...stimuli: Stimulus[]): Float64Array {
  const work = new Float64Array(cells.count);
  for (const stimulus of stimuli) cells.apply(stimulus, work);
  return work;
}

/** Weights by the logarithm of the dark conductance, when all carriers are gone. */
function weights(cells: Cells, scales: ArrayLike<number>): number[] {
  cells.elapse(100);
  const now = new Float32Array(cells.count);
  cells.conductance(now);
  return Array.from(now, (conductance, i) => Math.log(conductance / scales[i]!) / Math.log(100));
}

const quiet = (values: KnownTree): KnownTree => withValues(values, { spread: 0, "readNoise.scale": 0 });

// Claims on the device of Sarwat et al., Nat. Commun. 13 (2022), doi:10.1038/s41467-022-29870-9; numbers are the set's own.
describe.each(roles)("three factors, with $name", ({ values, coincidence, third }) => {
  /** The weight's change by a coincidence, a delay and a third factor. */
  async function change(
    pre: boolean,
    post: boolean,
    modulated: number,
    { delay = 0.05, start = 0, set = quiet(values), count = 1, width = ms } = {},
  ): Promise<number[]> {
    const cells = await cellsOf(withValues(set, { "memory.start": start }), count);
    const scales = new Float32Array(count);
    cells.conductance(scales);
    const off = Array.from(scales, (conductance) => conductance / 100 ** start);
    apply(cells, coincidence(pre, post));
    cells.elapse(delay);
    if (modulated !== 0) apply(cells, { ...third(modulated), duration: width });
    return weights(cells, off).map((weight) => weight - start);
  }

  it("2.a / 2.l writes only when all three are there: 1 of 8, the others below 1 % of it", async () => {
    const [full] = await change(true, true, 1);
    expect(full).toBeGreaterThan(0.08);
    for (const pre of [false, true]) {
      for (const post of [false, true]) {
        for (const modulated of [0, 1]) {
          if (pre && post && modulated === 1) continue;
          const [own] = await change(pre, post, modulated);
          expect(Math.abs(own!)).toBeLessThan(0.01 * full!);
        }
      }
    }
  });

  const delays = [0.1, 0.4, 0.8, 1.2, 1.6, 2];
  /** s: minus the inverse slope of the logarithm of mean changes against the delay, by least squares. */
  function traceTime(changes: readonly number[]): number {
    const logs = changes.map(Math.log);
    const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const [t, y] = [mean(delays), mean(logs)];
    const slope = delays.reduce((sum, delay, k) => sum + (delay - t) * (logs[k]! - y), 0);
    return -delays.reduce((sum, delay) => sum + (delay - t) ** 2, 0) / slope;
  }

  it("2.b / 2.l writes less the later the third factor comes, as exp(-delay / tau_e): 5 %, and 15 % with noise and spread", async () => {
    for (const [set, count, tolerance] of [
      [quiet(values), 1, 0.05],
      [values, 100, 0.15],
    ] as const) {
      const means: number[] = [];
      for (const delay of delays) {
        // A fifth of the usual width, so that what a write leaves of the room for it hardly shows.
        const changes = await change(true, true, 1, { delay, set, count, width: 0.2 * ms });
        means.push(changes.reduce((sum, own) => sum + own, 0) / count);
      }
      expect(Math.abs(traceTime(means) - 1)).toBeLessThan(tolerance);
    }
  });

  it("2.c / 2.l writes down when the third factor has the other sign", async () => {
    const [[up], [down]] = [await change(true, true, 1, { start: 0.5 }), await change(true, true, -1, { start: 0.5 })];
    expect(up).toBeGreaterThan(0.04);
    expect(down).toBeLessThan(-0.04);
    // Half way the room is the same to either side.
    expect(down! / up!).toBeCloseTo(-1, 4);
  });

  it("2.d keeps its weight over 1,000 pulses of light or of voltage alone, to 1 %", async () => {
    const alone: Stimulus[] = [
      { voltage: 0, duration: ms, light: lamp },
      { voltage: 1.25, duration: ms },
      { voltage: 1.4, duration: ms },
      { voltage: -1.4, duration: ms },
    ];
    for (const stimulus of alone) {
      const cells = await cellsOf(withValues(quiet(values), { "memory.start": 0.5 }), 1);
      for (let n = 0; n < 1000; n++) {
        apply(cells, stimulus);
        cells.elapse(ms);
      }
      expect(Math.abs(weights(cells, [1e-9])[0]! - 0.5)).toBeLessThan(0.005);
    }
  });
});

describe("light on a chalcogenide cell", () => {
  it("2.g shunts by division: the slope falls as (g_e + g_l) / (g_e + g_l + g_sh), and 0 stays 0, within 2 %", () => {
    // The conductance form: what light alone would drive is another effect, and the last line shows it as an offset.
    const nodeOf = (collection: number, light: typeof lamp) => {
      const device = deviceOf(optomemristorLaw(withValues(shipped, { "photovoltaic.collection": collection })));
      device.apply(0, 30, light);
      const [excitatory, leak] = [20e-9, 5e-9];
      // The node's voltage, where the current from the drive is that through the leak and the lit cell, by bisection.
      return (drive: number): number => {
        let [low, high] = [-1, 1];
        for (let halving = 0; halving < 60; halving++) {
          const middle = (low + high) / 2;
          if (excitatory * (drive - middle) > leak * middle + device.current(middle)) low = middle;
          else high = middle;
        }
        return low;
      };
    };
    const [unlit, lit, driven] = [nodeOf(0, dark), nodeOf(0, lamp), nodeOf(1, lamp)];
    const slope = (node: (drive: number) => number) => (node(0.8) - node(0.2)) / 0.6;
    // The dark cell's 1 nS is part of the leak; light adds 10 nS.
    const expected = (20 + 5 + 1) / (20 + 5 + 1 + 10);
    for (const node of [lit, driven]) expect(Math.abs(slope(node) / slope(unlit) / expected - 1)).toBeLessThan(0.02);
    for (const node of [unlit, lit]) expect(Math.abs(node(0))).toBeLessThan(1e-12);
    expect(driven(0)).toBeGreaterThan(0.01);
  });

  it("2.k costs its power times its duration, on a line of its own", async () => {
    const cells = await cellsOf(shipped, 3);
    expect([...apply(cells, { voltage: 0, duration: ms, light: lamp })]).toEqual([0, 0, 0]);
    const text =
      "devices: 3\nsteps:\n  - light: {irradiance: 100 W/cm^2, wavelength: 532 nm, width: 1 ms, voltage: 0 V, samples: 1}\n";
    const open = (path: string) => (path === "flash.yaml" ? text : undefined);
    const subject = await readDevice({ model: "chalcogenide", protocol: "flash.yaml", open });
    const engine = await openEngine(1 << 23, "typescript");
    const watch = { progress: () => {}, signal: new AbortController().signal };
    const { energy } = (await characterise(subject, 1, engine, watch)).characterisation;
    // 100 uW on each cell for 1 ms.
    expect(energy.light).toBe(1e6 * 1e-10 * 1e-3 * 3);
    expect(energy.light).toBeCloseTo(300e-9, 20);
    expect(energy.total).toBe(energy.light);
  });

  it("shows the three-factor rule in its default protocol", async () => {
    const subject = await readDevice({
      model: "chalcogenide",
      overrides: [],
      open: () => undefined,
    });
    const engine = await openEngine(1 << 23, "typescript");
    const watch = { progress: () => {}, signal: new AbortController().signal };
    const { course } = (await characterise(subject, 1, engine, watch)).characterisation;
    // Conductance at the end of each step, ten seconds after whatever light there was.
    const last = new Map<number, number>();
    for (let moment = 0; moment < course.filled; moment++) last.set(course.step[moment]!, course.conductance[moment]!);
    const after = [...last.keys()].sort((a, b) => a - b).map((step) => last.get(step)!);
    const [start, lightAlone, coincidenceAlone, soon, late, down] = [0, 2, 4, 8, 12, 16].map((step) => after[step]!);
    expect(lightAlone! / start!).toBeCloseTo(1, 3);
    expect(coincidenceAlone! / start!).toBeCloseTo(1, 3);
    expect(soon! / coincidenceAlone!).toBeGreaterThan(1.4);
    expect(late! / soon!).toBeGreaterThan(1.02);
    expect(late! / soon!).toBeLessThan(soon! / coincidenceAlone!);
    expect(down).toBeLessThan(late!);
  });
});
