import { describe, expect, it } from "vitest";
import { deviceModel } from "../../../devices/index.ts";
import type { Trait } from "../../../devices/population/index.ts";
import { drawTraits } from "../../../devices/population/traits.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { normalDistribution } from "../../../src/ground/statistics/index.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { withLeaf } from "../../contracts/one-device.ts";

const many = 100_000;
/** Kolmogorov and Smirnov's distance that chance exceeds once in a million, for 100,000 samples. */
const furthest = 2.69 / Math.sqrt(many);

describe("what a device has for life", () => {
  const normal = (x: number, value: number, spread: number) => normalDistribution((x / value - 1) / spread);
  const logNormal = (x: number, median: number, spread: number) => normalDistribution(Math.log(x / median) / spread);
  const laws: Record<Trait["distribution"], (x: number, value: number, spread: number) => number> = {
    normal,
    "log-normal": logNormal,
    "log-normal-of-mean": (x, mean, spread) => logNormal(x, mean * Math.exp(-(spread ** 2) / 2), spread),
    uniform: (x, value, spread) => Math.min(1, Math.max(0, (x / value - 1 + spread) / (2 * spread))),
  };

  it.each(Object.keys(laws) as Trait["distribution"][])("is %s, and no other", async (distribution) => {
    const trait: Trait = { name: "own", value: 3, spread: 0.2, distribution };
    const engine = await openEngine(1 << 21);
    const own = engine.memory.float32(many);
    drawTraits(engine, [trait], [own], 1, drawOf(1));
    own.sort();
    const distance = (value: number, spread: number): number =>
      own.reduce((most, x, i) => Math.max(most, Math.abs(laws[distribution](x, value, spread) - (i + 0.5) / many)), 0);
    expect(distance(3, 0.2)).toBeLessThan(furthest);
    expect(distance(3 * 1.05, 0.2)).toBeGreaterThan(furthest);
    expect(distance(3, 0.2 * 1.05)).toBeGreaterThan(furthest);
    drawTraits(engine, [trait], [own], 0, drawOf(1));
    expect(own.every((x) => x === 3)).toBe(true);
  });
});

describe("wear", () => {
  const set = shippedSet("pulse-response", "constant");

  async function worn(leaves: Record<string, number>, count: number) {
    const values = Object.entries(leaves).reduce((tree, [path, value]) => withLeaf(tree, path, value), set);
    const device = deviceModel("pulse-response").prepare(values);
    const cells = device.create(await openEngine(1 << 24), count, drawOf(1), everything);
    const work = new Float64Array(count);
    const { voltage, width } = device.operation.potentiate!;
    const pulses = (number: number, pieces = 1) => {
      for (let k = 0; k < number; k++) {
        for (let piece = 0; piece < pieces; piece++) {
          cells.apply({ voltage, duration: width / pieces, continues: piece > 0 }, work);
        }
      }
    };
    const now = () => {
      const out = new Float32Array(count);
      cells.conductance(out);
      return out;
    };
    return { cells, pulses, now };
  }

  // Four standard errors of a share of 40,000 devices; 5 % more life, or a shape 5 % larger, is at one of the two times further away.
  it("takes devices as Weibull says, and keeps them where they were", async () => {
    const count = 40_000;
    const { cells, pulses, now } = await worn({ "wear.lifetime": 100, "wear.lifetimeShape": 2, spread: 0 }, count);
    const error = (share: number) => 4 * Math.sqrt((share * (1 - share)) / count);
    const gone = (writes: number, lifetime: number, shape: number) => 1 - Math.exp(-((writes / lifetime) ** shape));
    const shares: number[] = [];
    for (const writes of [50, 100]) {
      pulses(50);
      shares.push(cells.limited!.stuck / count);
      // A lifetime between two writes ends with the second.
      expect(Math.abs(shares.at(-1)! - gone(writes, 100, 2))).toBeLessThan(error(gone(writes, 100, 2)));
    }
    expect(Math.abs(shares[1]! - gone(100, 105, 2))).toBeGreaterThan(error(gone(100, 105, 2)));
    expect(Math.abs(shares[0]! - gone(50, 100, 2.1))).toBeGreaterThan(error(gone(50, 100, 2.1)));
    const before = now();
    pulses(1);
    const after = now();
    const kept = after.filter((g, i) => g === before[i]).length;
    expect(kept).toBeGreaterThanOrEqual(shares[1]! * count);
    expect(kept).toBeLessThan(count);
  });

  it("closes the window from the top with the logarithm of the writes, and counts a pulse once in whatever pieces", async () => {
    const leaves = { "wear.windowLoss": 0.5, "wear.windowWrites": 100, spread: 0 };
    const [whole, pieces] = [await worn(leaves, 4), await worn(leaves, 4)];
    whole.pulses(200);
    pieces.pulses(200, 3);
    // 10 to 30 uS; the steps that lead up are far smaller than what is lost.
    const top = 10e-6 + 20e-6 * (1 - (0.5 * Math.log(201)) / Math.log(101));
    for (const g of whole.now()) expect(g / top).toBeCloseTo(1, 5);
    expect(pieces.now()).toEqual(whole.now());
  });
});
