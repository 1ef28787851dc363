import { describe, expect, it } from "vitest";
import type { TelegraphLaw } from "../../../devices/noise/law.ts";
import { Telegraph, type Traps } from "../../../devices/noise/telegraph.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { momentsOf, normalCdf, uniformityP } from "../../ground/draws/statistics.ts";

const law: TelegraphLaw = { share: 1, amplitude: 0.1, amplitudeSpread: 0.5, fastest: 1e-3, slowest: 10 };

async function telegraphOf(use: TelegraphLaw, devices: number, scale = 1) {
  const engine = await openEngine(1 << 24);
  const field = () => engine.memory.float32(devices);
  const traps: Traps = { amplitude: field(), low: field(), high: field(), level: field() };
  const movedAt = new Float64Array(1);
  const telegraph = new Telegraph(engine, use, scale, traps, movedAt, drawOf(3));
  const look = (now: number, window = 0): Float32Array => {
    const out = engine.memory.float32(devices).fill(0);
    telegraph.add(now, window, out);
    return out;
  };
  return { telegraph, traps, look, engine };
}

describe("random telegraph noise", () => {
  // Both mean dwell times are tau. Levels are seen every tau / 100: what stays for k looks has stayed the time between, spread evenly; a level left and
  // entered again between two looks is not seen, so that a dwell seems longer: it ends at a look with the probability (1 - e^(-2 dt / tau)) / 2.
  it("stays at a level for exponentially distributed times: KS with 60,000 of them", async () => {
    const [devices, each, tau, step] = [1000, 60, 0.2, 0.002];
    const { traps, look, engine } = await telegraphOf({ ...law, fastest: tau, slowest: tau }, devices);
    const rate = -Math.log((1 + Math.exp((-2 * step) / tau)) / 2) / step;
    expect(rate * tau).toBeCloseTo(1, 1);
    const dwells: number[] = [];
    const [began, done] = [new Int32Array(devices).fill(-1), new Int32Array(devices)];
    let last = traps.level.slice();
    for (let k = 1; k <= 10_000; k++) {
      const mark = engine.memory.mark();
      look(k * step);
      engine.memory.release(mark);
      for (let i = 0; i < devices; i++) {
        if (traps.level[i] === last[i]) continue;
        if (began[i]! >= 0 && done[i]! < each) {
          // A number between 0 and 1 that has nothing to do with the dwell.
          dwells.push((k - began[i]! - ((i * 0.6180339887 + done[i]! * 0.7548776662) % 1)) * step);
          done[i]!++;
        }
        began[i] = k;
      }
      last = traps.level.slice();
    }
    expect(dwells.length).toBe(devices * each);
    const p = (bent: number) => uniformityP(Float64Array.from(dwells, (time) => -Math.expm1(-rate * bent * time)));
    expect(p(1)).toBeGreaterThan(0.01);
    expect(p(1.05)).toBeLessThan(1e-6);
    expect(p(1 / 1.05)).toBeLessThan(1e-6);
  });

  // 100,000 devices: four standard errors of a share are 0.0064.
  it("is after any time where the closed form says, by one move as by many", async () => {
    const devices = 100_000;
    const use = { ...law, fastest: 1, slowest: 1 };
    for (const [time, looks] of [
      [0.5, 1],
      [0.5, 7],
      [100, 1],
    ] as const) {
      const { traps, look } = await telegraphOf(use, devices);
      const before = traps.level.slice();
      for (let k = 1; k <= looks; k++) look((time * k) / looks);
      let [stayed, high] = [0, 0];
      for (let i = 0; i < devices; i++) {
        if (traps.level[i] === before[i]) stayed++;
        high += traps.level[i]!;
      }
      expect(Math.abs(stayed / devices - (1 + Math.exp(-2 * time)) / 2)).toBeLessThan(0.0064);
      expect(Math.abs(high / devices - 0.5)).toBeLessThan(0.0064);
    }
  });

  it("has no mean, whatever share of time its levels have, and the variance a^2 p (1 - p)", async () => {
    const devices = 100_000;
    const { telegraph, look } = await telegraphOf(law, devices);
    let expected = 0;
    for (let i = 0; i < devices; i++) expected += telegraph.variance(i) / devices;
    const { mean, variance } = momentsOf(look(1e-4));
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(expected / devices));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.04);
  });

  // KS over 100,000 devices: 5 % of any of them shifts the distribution by more than its p-value bears.
  it("is drawn from the set's own distributions, and every one 5 % off is refused", async () => {
    const devices = 100_000;
    const { traps } = await telegraphOf(law, devices);
    const amplitudes = (of: TelegraphLaw) =>
      uniformityP(
        Float64Array.from(traps.amplitude, (a) => normalCdf(Math.log(a / of.amplitude) / of.amplitudeSpread)),
      );
    const dwells = (of: TelegraphLaw, field: Float32Array) =>
      uniformityP(Float64Array.from(field, (t) => Math.log(t / of.fastest) / Math.log(of.slowest / of.fastest)));
    expect(amplitudes(law)).toBeGreaterThan(0.01);
    for (const key of ["amplitude", "amplitudeSpread"] as const) {
      expect(amplitudes({ ...law, [key]: 1.05 * law[key] })).toBeLessThan(1e-4);
    }
    for (const field of [traps.low, traps.high]) {
      expect(dwells(law, field)).toBeGreaterThan(0.01);
      for (const key of ["fastest", "slowest"] as const) {
        const times = [...field].map((t) => (key === "fastest" ? t : 1 / t)).sort((a, b) => a - b);
        const edge = key === "fastest" ? law.fastest : 1 / law.slowest;
        // The bounds themselves: no dwell time lies beyond, and 100,000 come within 0.1 % of them.
        expect(times[0]! / edge).toBeGreaterThan(1 - 1e-6);
        expect(times[0]! / edge).toBeLessThan(1.001);
      }
    }
    const { traps: some } = await telegraphOf({ ...law, share: 0.2 }, devices);
    const share = some.amplitude.filter((a) => a > 0).length / devices;
    expect(Math.abs(share - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / devices));
  });

  it("shows only traps slower than the window where there is one", async () => {
    const { telegraph, look } = await telegraphOf(law, 1000);
    const out = look(1, 0.1);
    for (let i = 0; i < 1000; i++) expect(out[i] !== 0).toBe(telegraph.time(i) > 0.1);
  });
});
