import { describe, expect, it } from "vitest";
import { CorrelatedStreams, type CorrelatedStreamsSpec } from "../../../experiments/stimuli/index.ts";
import { drawOf } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

const spec: CorrelatedStreamsSpec = { streams: 16, correlated: 8, rate: 0.05, coefficient: 0.75 };

/** Rates, and mean coefficients of correlation of pairs within the correlated streams, within the others and across. */
async function measured(steps: number, { streams, correlated, ...rest }: CorrelatedStreamsSpec) {
  const source = new CorrelatedStreams(await openEngine(1 << 20), { streams, correlated, ...rest }, drawOf(1));
  const alone = new Float64Array(streams);
  const together = new Float64Array(streams * streams);
  for (let t = 0; t < steps; t++) {
    const active = source.step(t);
    for (const i of active) {
      alone[i]!++;
      for (const j of active) together[i * streams + j]!++;
    }
  }
  const sums = { inside: [0, 0], outside: [0, 0], across: [0, 0] };
  for (let i = 0; i < streams; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [alone[i]! / steps, alone[j]! / steps];
      const covariance = together[i * streams + j]! / steps - a * b;
      const kind = i < correlated ? "inside" : j < correlated ? "across" : "outside";
      sums[kind][0]! += covariance / Math.sqrt(a * (1 - a) * b * (1 - b));
      sums[kind][1]!++;
    }
  }
  const mean = ([sum, count]: number[]) => sum! / count!;
  const rates = [...alone].map((count) => count / steps);
  return { rates, inside: mean(sums.inside), outside: mean(sums.outside), across: mean(sums.across) };
}

describe("correlated streams", () => {
  // The reference fires 5,000 times in 100,000 steps, which fixes the mean coefficient to about 0.003; independent pairs lie about 0 with
  // 1 / sqrt(100,000) = 0.003 each and a fifth of it in the mean. Rates have sqrt(0.05 x 0.95 / 100,000) = 0.0007 each.
  it("have the rate and the coefficient that they are asked for (claim 3.i)", async () => {
    const { rates, inside, outside, across } = await measured(100_000, spec);
    for (const rate of rates) expect(Math.abs(rate - 0.05)).toBeLessThan(4 * 0.0007);
    expect(Math.abs(inside - 0.75)).toBeLessThan(0.02);
    expect(Math.abs(outside)).toBeLessThan(0.004);
    expect(Math.abs(across)).toBeLessThan(0.004);
  });

  it("are copies of each other at a coefficient of 1 and independent at 0", async () => {
    expect((await measured(5000, { ...spec, coefficient: 1 })).inside).toBeCloseTo(1, 9);
    expect(Math.abs((await measured(100_000, { ...spec, coefficient: 0 })).inside)).toBeLessThan(0.004);
  });

  it("give a step the same events whoever asks first, with kernels and without", async () => {
    const [fast, plain] = await Promise.all(
      (["webassembly", "typescript"] as const).map(async (name) => {
        return new CorrelatedStreams(await openEngine(1 << 20, name), { ...spec, streams: 700 }, drawOf(3));
      }),
    );
    const forwards = Array.from({ length: 50 }, (_, t) => [...fast!.step(t)]);
    for (let t = 49; t >= 0; t--) expect([...plain!.step(t)]).toEqual(forwards[t]);
  });

  it("refuse a share outside 0 to 1", async () => {
    const engine = await openEngine(1 << 20);
    expect(() => new CorrelatedStreams(engine, { ...spec, rate: 1.5 }, drawOf(1))).toThrow("rate is 1.5");
  });
});
