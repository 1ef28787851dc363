import { describe, expect, it } from "vitest";
import { RewardPrediction, ThreeFactorDevices } from "../../../circuits/plasticity/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import type { KnownTree } from "../../../src/ground/known.ts";
import { everything, shippedSet } from "../../contracts/device-contract.ts";
import { withValues } from "../../contracts/golden.ts";
import { asked, course, everySignal, oneSynapse, sum } from "./rules.ts";

describe("reward-modulated STDP", () => {
  const parameters = { potentiation: 0.01, depression: 0.012, eligibilityTime: 0.2, rate: 2 };

  it.each([
    ["causal", [2], [7]],
    ["acausal", [7], [2]],
  ])(
    "changes by reward times what is left of the eligibility, with both signs of either: a %s pair",
    (_, pre, post) => {
      for (const reward of [1, -0.5]) {
        const [rule, pair] = [
          oneSynapse("r-stdp", parameters),
          oneSynapse("pair-stdp", { potentiation: 0.01, depression: 0.012 }),
        ];
        // Without reward nothing is asked for.
        expect(sum(course(rule, 10, pre, post))).toBe(0);
        for (let step = 0; step < 40; step++) asked(rule);
        // The pair was complete in step 7, the reward comes in step 50.
        const expected = 2 * reward * sum(course(pair, 10, pre, post)) * Math.exp(-(50 - 7) / 200);
        expect(asked(rule, { "third factor": reward }) / expected).toBeCloseTo(1, 10);
        expect(Math.sign(expected)).toBe(Math.sign(reward) * (pre[0]! < post[0]! ? 1 : -1));
      }
    },
  );
});

describe("reward less its expectation", () => {
  it("falls as (1 - share)^n while the same reward comes, and is negative when it stays away", () => {
    const prediction = new RewardPrediction(0.2);
    for (let n = 0; n < 30; n++) expect(prediction.error(3)).toBeCloseTo(3 * 0.8 ** n, 10);
    expect(prediction.error(0)).toBeCloseTo(-3 * (1 - 0.8 ** 30), 10);
    expect(() => new RewardPrediction(1.1)).toThrow("reward: share is 1.1");
  });
});

const combinations = [0, 1].flatMap((pre) =>
  [0, 1].flatMap((post) => [0, 1].map((third) => [pre, post, third] as const)),
);

describe("three factors with a digital trace", () => {
  it("change a weight in 1 of 8 combinations, within its bounds and with the sign of the third factor", () => {
    for (const [pre, post, third] of combinations) {
      const rule = oneSynapse("three-factor", { rate: 0.2 });
      asked(rule, { "pre spikes": [pre], "post spikes": [post] });
      for (const sign of [1, -1]) {
        const change = asked(rule, { "third factor": sign * third, weights: [0.3] });
        const expected = pre * post * third * sign * 0.2 * (sign > 0 ? 0.7 : 0.3);
        expect(Math.abs(change - expected)).toBeLessThan(0.02 * Math.abs(expected) + 1e-15);
      }
    }
  });

  it("change it as exp(-delay / tau_e)", () => {
    const changeAfter = (delay: number): number => {
      const rule = oneSynapse("three-factor", { eligibilityTime: 0.5 });
      asked(rule, { "pre spikes": [1], "post spikes": [1] });
      for (let step = 1; step < delay; step++) asked(rule);
      return asked(rule, { "third factor": 1 });
    };
    expect(changeAfter(300) / changeAfter(100)).toBeCloseTo(Math.exp(-0.2 / 0.5), 10);
  });
});

// The set after Sarwat et al., Nat. Commun. 13 (2022), doi:10.1038/s41467-022-29870-9; tau_e is its own, 1 s.
const shipped = shippedSet("chalcogenide", "sarwat-2022");
const quiet = withValues(shipped, { spread: 0, "readNoise.scale": 0 });

/** Changes of weight, by the logarithm of the dark conductance, of [inputs][neurons] cells by spikes and light a delay later. */
async function changes(
  values: KnownTree,
  pre: readonly number[],
  post: readonly number[],
  third: number,
  delay = 0.05,
): Promise<number[]> {
  const device = deviceModel("chalcogenide").prepare(values);
  const count = pre.length * post.length;
  const engine = await openEngine(1 << 23, "typescript");
  const cells = device.create(engine, count, drawOf(1), everything);
  const rule = new ThreeFactorDevices(cells, device.operation, pre.length, everySignal);
  const [before, after, work] = [new Float32Array(count), new Float32Array(count), new Float64Array(count)];
  cells.conductance(before);
  rule.step({ "pre spikes": pre, "post spikes": post, "third factor": 0 }, work);
  cells.elapse(delay);
  rule.step({ "pre spikes": pre.map(() => 0), "post spikes": post.map(() => 0), "third factor": third }, work);
  cells.elapse(100);
  cells.conductance(after);
  return Array.from(after, (conductance, k) => Math.log(conductance / before[k]!) / Math.log(100));
}

describe("three factors with the device's own trace", () => {
  it("2.a writes in 1 of 8 combinations of pre, post and light, the others below 1 % of it", async () => {
    for (const third of [0, 1]) {
      // Rows and columns with and without a spike make the four combinations of one array.
      const [none, post, pre, both] = await changes(quiet, [0, 1], [0, 1], third);
      const full = (await changes(quiet, [1], [1], 1))[0]!;
      expect(full).toBeGreaterThan(0.05);
      for (const own of [none, post, pre]) expect(Math.abs(own!)).toBeLessThan(0.01 * full);
      expect(both! / full).toBeCloseTo(third, 2);
    }
  });

  it.each([
    ["noiseless", quiet, 1, 0.05],
    ["with noise and spread, 100 devices", shipped, 10, 0.15],
  ])("2.b writes as exp(-delay / tau_e) of the device, %s", async (_, values, lines, tolerance) => {
    // A fifth of the step, so that what is written leaves the room for it as it was.
    const small = withValues(values, { "write.step": 0.02 });
    const delays = [0.1, 0.4, 0.8, 1.2, 1.6, 2];
    const spikes = new Array(lines).fill(1);
    const logs: number[] = [];
    for (const delay of delays) logs.push(Math.log(sum(await changes(small, spikes, spikes, 1, delay)) / lines ** 2));
    const [t, y] = [sum(delays) / 6, sum(logs) / 6];
    const slope = sum(delays.map((d, k) => (d - t) * (logs[k]! - y))) / sum(delays.map((d) => (d - t) ** 2));
    expect(Math.abs(-1 / slope - 1)).toBeLessThan(tolerance);
  });

  it("2.c writes down under a third factor of the other sign", async () => {
    const middle = withValues(quiet, { "memory.start": 0.5 });
    const [up, down] = [await changes(middle, [1], [1], 1), await changes(middle, [1], [1], -1)];
    expect(up[0]).toBeGreaterThan(0.02);
    expect(down[0]! / up[0]!).toBeCloseTo(-1, 3);
  });

  it("are refused where light does nothing, and where the network has no third factor", async () => {
    const pcm = deviceModel("pcm-accumulation").prepare(shippedSet("pcm-accumulation", "nandakumar-2018"));
    const cells = pcm.create(await openEngine(1 << 22, "typescript"), 1, drawOf(1), everything);
    expect(() => new ThreeFactorDevices(cells, pcm.operation, 1, everySignal)).toThrow(
      'rule "three-factor-in-device" needs light as the third factor',
    );
    expect(() => new ThreeFactorDevices(cells, pcm.operation, 1, ["pre spikes", "post spikes"])).toThrow(
      'rule "three-factor-in-device" needs "third factor", which this network does not give: it gives "pre spikes", "post spikes"',
    );
  });
});
