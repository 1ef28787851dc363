import { describe, expect, it } from "vitest";
import { pulseResponse } from "../../../devices/pulse-response/pulse-response.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { type EngineName, openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { withValues } from "../../contracts/golden.ts";

const devices = 10_000;

/** Devices that are all alike, so that the spread of what trains leave is that from cycle to cycle. */
const alike = { "step.spread": 0, "step.asymmetrySpread": 0, "upper.spread": 0, "lower.spread": 0 };

interface Moments {
  readonly mean: number;
  readonly variance: number;
  /** Variance of the estimate of the variance, from the fourth moment. */
  readonly varianceOfVariance: number;
}

interface Trained {
  readonly conductance: Moments;
  readonly work: Moments;
  readonly clips: number;
}

function momentsOf(values: ArrayLike<number>): Moments {
  const numbers = Array.from(values);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const central = (power: number): number =>
    numbers.reduce((sum, value) => sum + (value - mean) ** power, 0) / numbers.length;
  const variance = central(2);
  return { mean, variance, varianceOfVariance: (central(4) - variance ** 2) / numbers.length };
}

/** A train of `count` pulses on every device of the set: in closed form by the kernel, pulse by pulse by the twins. */
async function train(
  engine: EngineName,
  set: string,
  values: Readonly<Record<string, number | string>>,
  count: number,
  seed = 1,
): Promise<Trained> {
  const device = pulseResponse.prepare(withValues(shippedSet("pulse-response", set), { ...alike, ...values }));
  const cells = device.create(await openEngine(1 << 22, engine), devices, drawOf(seed), everything);
  const { potentiate, depress } = device.operation;
  const work = new Float64Array(devices);
  const counts = new Int16Array(devices).fill(count);
  cells.train!({ potentiate: potentiate!, depress: depress!, counts }, work);
  const now = new Float32Array(devices);
  cells.conductance(now);
  const wear = new Float64Array(devices);
  cells.wear!(wear);
  expect(wear.every((pulses) => pulses === Math.abs(count))).toBe(true);
  return { conductance: momentsOf(now), work: momentsOf(work), clips: cells.limited!.clipped };
}

/** How many standard errors means and variances are apart, the most of all. */
function apart(a: Trained, b: Trained): number {
  const means = (x: Moments, y: Moments) => Math.abs(x.mean - y.mean) / Math.sqrt((x.variance + y.variance) / devices);
  const { conductance: x } = a;
  const { conductance: y } = b;
  const spreads = Math.abs(x.variance - y.variance) / Math.sqrt(x.varianceOfVariance + y.varianceOfVariance);
  return Math.max(means(x, y), means(a.work, b.work), spreads);
}

// The step is a hundredth, ten times that of the set, so that trains cover a good part of the range.
const step = { "step.median": 0.01 };
const cases: readonly [string, string, Readonly<Record<string, number | string>>, number, readonly string[]][] = [
  ["constant steps", "constant", { ...step, start: 0.1 }, 9, ["step.median", "cycleNoise.deviation"]],
  ["constant steps down", "constant", { ...step, start: 0.1 }, -16, ["step.median", "cycleNoise.deviation"]],
  ["soft bounds", "soft-bounds", { ...step, start: 0.3 }, 12, ["step.median", "cycleNoise.deviation", "upper.median"]],
  [
    "soft bounds, a long train down",
    "soft-bounds",
    { ...step, start: 0.3 },
    -31,
    ["step.median", "cycleNoise.deviation", "lower.median"],
  ],
  [
    "linear steps",
    "linear",
    { ...step, start: 0.2, "slope.up": 0.7, "slope.spread": 0 },
    10,
    ["step.median", "cycleNoise.deviation", "slope.up"],
  ],
  [
    "linear steps with noise of one size",
    "linear",
    { ...step, start: 0.2, "slope.up": 0.7, "slope.spread": 0, "cycleNoise.kind": "additive" },
    10,
    ["step.median", "cycleNoise.deviation", "slope.up"],
  ],
  // 0.6 - 0.53 is 7 steps: some meet the limit, with 9 pulses.
  ["constant steps that meet a limit", "constant", { ...step, start: 0.53 }, 9, ["step.median", "upper.median"]],
  ["soft bounds near one", "soft-bounds", { ...step, start: 0.59 }, 12, ["step.median", "upper.median"]],
  // Laws without a closed form, and one whose pulses leave noise of their own.
  ["exponential steps", "exponential", {}, 9, ["step.median", "cycleNoise.deviation"]],
  ["power steps", "power", { "power.spread": 0 }, -9, ["step.median", "cycleNoise.deviation"]],
  ["steps with write noise", "soft-bounds", { ...step, start: 0.3, writeNoise: 2 }, 12, ["step.median"]],
  ["soft bounds, down from the upper one", "soft-bounds", { ...step, start: 0.6 }, -2, ["step.median"]],
];

describe("a train of pulses on every device", () => {
  // Means and variances of 10,000 devices each: 4.5 standard errors are met by chance once in 10^5, and a bend of 5 % moves one by more.
  it.each(cases)("leaves means and spreads as pulse by pulse: %s", async (_name, set, values, count, bent) => {
    const kernel = await train("webassembly", set, values, count);
    const oracle = await train("typescript", set, values, count, 2);
    expect(apart(kernel, oracle)).toBeLessThan(4.5);
    // Of as many clips, each by itself; those of one device come together.
    expect(Math.abs(kernel.clips - oracle.clips)).toBeLessThan(6 * Math.sqrt(kernel.clips + oracle.clips) + 1);
    const plain = shippedSet("pulse-response", set);
    for (const path of bent) {
      const usual = { "slope.up": 0.7, ...step, ...values }[path] ?? leaf(plain, path);
      const other = await train("webassembly", set, { ...values, [path]: 1.05 * Number(usual) }, count);
      expect(apart(other, oracle)).toBeGreaterThan(4.5);
    }
  });

  it("is the same whatever else the machine does, and another every time", async () => {
    const device = pulseResponse.prepare(shippedSet("pulse-response", "soft-bounds"));
    const made = async () => device.create(await openEngine(1 << 20), 700, drawOf(1), everything);
    const trained = (cells: Awaited<ReturnType<typeof made>>): Float32Array => {
      const { potentiate, depress } = device.operation;
      const counts = Int16Array.from({ length: 700 }, (_, i) => (i % 61) - 30);
      cells.train!({ potentiate: potentiate!, depress: depress!, counts }, new Float64Array(700));
      const now = new Float32Array(700);
      cells.conductance(now);
      return now;
    };
    const [cells, again] = [await made(), await made()];
    const once = trained(cells);
    expect(trained(again)).toEqual(once);
    again.restore(cells.save());
    expect(trained(again)).toEqual(trained(cells));
    const [fresh, later] = [await made(), await made()];
    later.train!({ ...operationOf(device), counts: new Int16Array(700) }, new Float64Array(700));
    expect(trained(later)).not.toEqual(trained(fresh));
  });
});

function operationOf({ operation }: ReturnType<typeof pulseResponse.prepare>) {
  return { potentiate: operation.potentiate!, depress: operation.depress! };
}

function leaf(tree: unknown, path: string): number {
  const found = path.split(".").reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], tree);
  return (found as { value: number }).value;
}
