import { describe, expect, it } from "vitest";
import { stepDevices, stepDevicesPlain } from "../../../devices/pulse-response/pulse.ts";
import { pulseResponse, pulseResponseLaw, pulseStepsOf } from "../../../devices/pulse-response/pulse-response.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { stretchOf, withLeaf } from "../../contracts/one-device.ts";
import { normalCdf, uniformityP } from "../../ground/draws/statistics.ts";

const set = (name: string): KnownTree => shippedSet("pulse-response", name);
const count = 20000;

/** Weights of devices of a set, after pulses. */
async function weightsAfter(values: KnownTree, voltages: readonly number[], after?: (cells: Cells) => void) {
  const engine = await openEngine(1 << 24, "typescript");
  const cells = pulseResponse.prepare(values).create(engine, count, drawOf(5), everything);
  const work = new Float64Array(count);
  for (const voltage of voltages) cells.apply({ voltage, duration: 1e-7 }, work);
  after?.(cells);
  const now = new Float32Array(count);
  cells.conductance(now);
  const [low, high] = [leaf(values, "conductance.low"), leaf(values, "conductance.high")];
  const [lower, upper] = [leaf(values, "lower.median"), leaf(values, "upper.median")];
  return { cells, work, weights: Float64Array.from(now, (g) => lower + ((g - low) / (high - low)) * (upper - lower)) };
}
type Cells = ReturnType<ReturnType<typeof pulseResponse.prepare>["create"]>;

function leaf(values: KnownTree, path: string): number {
  const node = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], values);
  return (node as { value: number }).value;
}

function moments(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) };
}

/** Mean and deviation within four standard errors, and the distribution normal by Kolmogorov and Smirnov. */
function isNormal(values: Float64Array, mean: number, deviation: number): boolean {
  const found = moments(values);
  return (
    Math.abs(found.mean - mean) < (4 * deviation) / Math.sqrt(count) &&
    Math.abs(found.deviation / deviation - 1) < 4 / Math.sqrt(2 * count) &&
    uniformityP(values.map((x) => normalCdf((x - mean) / deviation))) > 1e-3
  );
}

/** A set of which all spread but the named is none. */
function only(values: KnownTree, kept: Readonly<Record<string, number>>): KnownTree {
  const none = [
    "step.spread",
    "step.asymmetrySpread",
    "upper.spread",
    "lower.spread",
    "cycleNoise.deviation",
    "writeNoise",
  ];
  const without = none.reduce((tree, path) => withLeaf(tree, path, 0), values);
  return Object.entries(kept).reduce((tree, [path, value]) => withLeaf(tree, path, value), without);
}

describe("spread of pulse-response devices", () => {
  // A step of 0.1 of the soft-bounds set, so that float32 state is 1e-6 of it.
  const soft = withLeaf(set("soft-bounds"), "step.median", 0.1);

  it.each([
    ["from cycle to cycle", { "cycleNoise.deviation": 0.3 }, 0.1, 0.03],
    ["of steps from device to device", { "step.spread": 0.2 }, 0.1, 0.02],
    ["between up and down", { "step.asymmetrySpread": 0.05 }, 0.1, 0.005],
    ["of what a pulse leaves beside the state", { writeNoise: 0.5 }, 0.1, 0.05],
  ] as const)("%s is normal and as large as said, not 5 percent more", async (_name, kept, mean, deviation) => {
    const { weights } = await weightsAfter(only(soft, kept), [1]);
    expect(isNormal(weights, mean, deviation)).toBe(true);
    // 5 % of a deviation is 10 of its standard errors.
    expect(isNormal(weights, mean, 1.05 * deviation)).toBe(false);
  });

  it("of steps is log-normal where the set says so", async () => {
    const values = withLeaf(only(soft, { "step.spread": 0.4 }), "step.distribution", "log-normal");
    const { weights } = await weightsAfter(values, [1]);
    expect(
      isNormal(
        weights.map((w) => Math.log(w / 0.1)),
        0,
        0.4,
      ),
    ).toBe(true);
  });

  it("of limits is normal: constant steps end there, and are counted", async () => {
    const constant = withLeaf(set("constant"), "step.median", 2);
    const kept = { "upper.spread": 0.1, "lower.spread": 0.2 };
    const up = await weightsAfter(only(constant, kept), [1]);
    expect(isNormal(up.weights, 0.6, 0.06)).toBe(true);
    expect(up.cells.limited!.clipped).toBe(count);
    expect(isNormal((await weightsAfter(only(constant, kept), [-1])).weights, -0.6, 0.12)).toBe(true);
  });

  it("of a linear law's slopes and a power law's exponents is as said", async () => {
    const linear = withLeaf(withLeaf(only(set("linear"), {}), "step.median", 0.1), "start", 0.3);
    const fallen = (await weightsAfter(linear, [-1])).weights;
    expect(
      isNormal(
        fallen.map((w) => ((0.3 - w) / 0.1 - 1) * 2),
        0.5,
        0.05,
      ),
    ).toBe(true);
    const back = withLeaf(linear, "start", -0.3);
    const risen = (await weightsAfter(back, [1])).weights;
    expect(
      isNormal(
        risen.map((w) => ((w + 0.3) / 0.1 - 1) * 2),
        0.5,
        0.05,
      ),
    ).toBe(true);
    const power = withLeaf(only(set("power"), {}), "step.median", 0.1);
    const shares = (await weightsAfter(power, [1])).weights;
    expect(
      isNormal(
        shares.map((w) => Math.log2(0.1 / w)),
        2,
        0.2,
      ),
    ).toBe(true);
  });

  it("of a lifetime is as said, and weight decays by it, in two waits as in one", async () => {
    const values = only(withLeaf(set("capacitor"), "start", 0.5), {});
    const wait = (seconds: readonly number[]) =>
      weightsAfter(values, [], (cells) => seconds.forEach((s) => void cells.elapse(s)));
    const [once, twice] = [await wait([1]), await wait([0.3, 0.7])];
    expect(
      isNormal(
        once.weights.map((w) => -1 / Math.log(Math.max(1e-6, w) / 0.5)),
        10,
        3,
      ),
    ).toBe(true);
    for (let i = 0; i < count; i += 997) expect(twice.weights[i]).toBeCloseTo(once.weights[i]!, 6);
  });

  it("of what a RESET leaves is added to its mean, a device's own and a cycle's", async () => {
    const values = only(withLeaf(set("pcm-exponential"), "reset.mean", 0.5), {});
    const { weights } = await weightsAfter(values, [], (cells) => cells.reset!(0));
    expect(isNormal(weights, 0.5, Math.hypot(0.02, 0.01))).toBe(true);
  });
});

describe("pulse kernel", () => {
  it.each([
    "constant",
    "linear",
    "soft-bounds",
    "exponential",
    "power",
    "neurosim",
    "reram-es",
    "reram-array-om",
    "pcm-exponential",
  ])("of %s agrees with its twin, and that with the law of one device", async (name) => {
    const values = set(name);
    const law = pulseResponseLaw(values);
    const devices = 1027;
    for (const [k, step] of Object.values(pulseStepsOf(values)).entries()) {
      const engine = await openEngine(1 << 22);
      const arrays = () => ({
        x: law.variables.map((_, v) =>
          engine.memory.float32(devices).map((_, i) => (v === 0 ? ((i * 37) % 101) / 100 - 0.5 : 0.01)),
        ),
        traits: law.traits.map(({ value, spread }, t) =>
          engine.memory.float32(devices).map((_, i) => value * (1 + Math.min(0.3, spread) * Math.sin(i * (t + 1)))),
        ),
      });
      const inMemory = () => {
        const { x, traits } = arrays();
        const put = (field: Float32Array) => {
          const own = engine.memory.float32(devices);
          own.set(field);
          return own;
        };
        return { x: x.map(put), traits: traits.map(put) };
      };
      const random = { draw: drawOf(3), event: k, scale: 1 };
      const [fast, plain, one] = [inMemory(), arrays(), arrays()];
      // J for each weight, so that work tells of the weights before and after.
      const [workFast, workPlain] = [engine.memory.float64(devices).fill(1), new Float64Array(devices).fill(1)];
      const clipped = stepDevices(engine, step, fast, random, 1, workFast);
      expect(clipped).toBe(stepDevicesPlain(step, plain, random, 1, workPlain));
      const tolerance = 2e-6 * (1 + step.step * (1 + 8 * (step.relativeNoise + step.stepNoise + step.writeNoise)));
      for (let i = 0; i < devices; i++) {
        expect(Math.abs(fast.x[0]![i]! - plain.x[0]![i]!)).toBeLessThan(tolerance * 5);
        if (fast.x[1]) expect(Math.abs(fast.x[1][i]! - plain.x[1]![i]!)).toBeLessThan(tolerance * 5);
        expect(Math.abs(workFast[i]! - workPlain[i]!)).toBeLessThan(tolerance * 10);
      }
      // Without normals the law of one device needs no draw.
      const still = { ...random, scale: 0 };
      const quiet = arrays();
      stepDevicesPlain(step, quiet, still, 1, workPlain);
      const normals = new Float64Array(law.normalsPerPulse);
      const voltage = 10 * step.direction;
      for (let i = 0; i < devices; i += 13) {
        const x = Float64Array.from(one.x, (field) => field[i]!);
        const own = Float64Array.from(one.traits, (field) => field[i]!);
        law.evolve(x, stretchOf(law, voltage, voltage, 1), normals, own);
        const bounds = new Float64Array(2 * x.length);
        law.bounds!(own, bounds, x);
        expect(quiet.x[0]![i]).toBeCloseTo(Math.min(bounds[1]!, Math.max(bounds[0]!, x[0]!)), 6);
      }
    }
  });

  it("gives a population the same state and work as the way through every device does", async () => {
    for (const name of ["soft-bounds", "reram-es"]) {
      const engine = await openEngine(1 << 24);
      const device = pulseResponse.prepare(set(name));
      const [all, some] = [1, 2].map(() => device.create(engine, 2000, drawOf(1), everything));
      const [workAll, workSome] = [new Float64Array(2000), new Float64Array(2000)];
      const everyone = Uint32Array.from({ length: 2000 }, (_, i) => i);
      for (const voltage of [1, 1, -1, 1]) {
        all!.apply({ voltage, duration: 1e-7 }, workAll);
        some!.apply({ voltage, duration: 1e-7 }, workSome, everyone);
      }
      const [a, b] = [new Float32Array(2000), new Float32Array(2000)];
      all!.conductance(a);
      some!.conductance(b);
      for (let i = 0; i < 2000; i++) {
        expect(a[i]! / b[i]!).toBeCloseTo(1, 4);
        expect(workAll[i]! / workSome[i]!).toBeCloseTo(1, 4);
      }
    }
  });
});
