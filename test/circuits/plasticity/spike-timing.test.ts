import { describe, expect, it } from "vitest";
import { stepsOfPulse } from "../../../circuits/plasticity/index.ts";
import { asked, course, ms, oneSynapse, sum } from "./rules.ts";

describe("pair STDP", () => {
  const parameters = { potentiation: 0.01, depression: 0.012, preTime: 17 * ms, postTime: 34 * ms };

  it("has exponential windows: A+ exp(-t / tau+) after, -A- exp(-t / tau-) before its input, a common step being causal", () => {
    for (let t = 0; t < 60; t++) {
      const causal = sum(course(oneSynapse("pair-stdp", parameters), 70, [3], [3 + t]));
      expect(causal / (0.01 * Math.exp(-t / 17))).toBeCloseTo(1, 10);
      if (t === 0) continue;
      const acausal = sum(course(oneSynapse("pair-stdp", parameters), 70, [3 + t], [3]));
      expect(acausal / (-0.012 * Math.exp(-t / 34))).toBeCloseTo(1, 10);
    }
  });

  it("adds up over all pairs, or counts the nearest alone", () => {
    const window = (t: number) => 0.01 * Math.exp(-t / 17);
    const all = sum(course(oneSynapse("pair-stdp", parameters), 40, [0, 10], [25]));
    expect(all / (window(25) + window(15))).toBeCloseTo(1, 10);
    const nearest = sum(course(oneSynapse("pair-stdp", { ...parameters, pairing: "nearest" }), 40, [0, 10], [25]));
    expect(nearest / window(15)).toBeCloseTo(1, 10);
  });
});

describe("triplet STDP", () => {
  const A = { up2: 5e-3, up3: 6.2e-3, down2: 7e-3, down3: 2.3e-3 };
  const tau = { plus: 16.8, x: 101, minus: 33.7, y: 125 };
  const parameters = {
    pairPotentiation: A.up2,
    tripletPotentiation: A.up3,
    pairDepression: A.down2,
    tripletDepression: A.down3,
    preTime: tau.plus * ms,
    slowPreTime: tau.x * ms,
    postTime: tau.minus * ms,
    slowPostTime: tau.y * ms,
  };

  // Equations 3 and 4 of Pfister & Gerstner (2006) as sums over all spikes before, which traces are never asked for.
  function published(pre: readonly number[], post: readonly number[]): number {
    const trace = (times: readonly number[], until: number, time: number, strict: boolean) =>
      sum(times.filter((t) => (strict ? t < until : t <= until)).map((t) => Math.exp((t - until) / time)));
    const down = pre.map((t) => trace(post, t, tau.minus, true) * (A.down2 + A.down3 * trace(pre, t, tau.x, true)));
    const up = post.map((t) => trace(pre, t, tau.plus, false) * (A.up2 + A.up3 * trace(post, t, tau.y, true)));
    return sum(up) - sum(down);
  }

  it.each([1, 10, 20, 40, 50])("has the published dependence on frequency: 20 pairs at %d Hz, 10 ms apart", (hertz) => {
    const [period, pairs] = [1000 / hertz, 20];
    for (const lag of [10, -10]) {
      const pre = Array.from({ length: pairs }, (_, k) => 20 + k * period);
      const post = pre.map((t) => t + lag);
      const found = sum(course(oneSynapse("triplet-stdp", parameters), 50 + pairs * period, pre, post));
      expect(found / published(pre, post)).toBeCloseTo(1, 9);
    }
  });

  it("turns depression of post before pre into potentiation at high rates, with values near those of visual cortex", () => {
    const change = (hertz: number, lag: number): number => {
      const period = 1000 / hertz;
      const pre = Array.from({ length: 60 }, (_, k) => 20 + k * period);
      const post = pre.map((t) => t + lag);
      return sum(course(oneSynapse("triplet-stdp"), 50 + 60 * period, pre, post));
    };
    // What the rule was made for: at low rates pairs of pre before post hardly change anything, at 50 Hz both orders potentiate.
    expect(Math.abs(change(1, 10))).toBeLessThan(0.1 * change(50, 10));
    expect(change(1, -10)).toBeLessThan(0);
    expect(change(50, -10)).toBeGreaterThan(0);
    expect(change(50, 10)).toBeGreaterThan(0.3);
  });
});

describe("exponential STDP thresholded to single pulses, behind the interface", () => {
  it("asks for one pulse as far as the exponential passes the threshold, in seconds", () => {
    const parameters = { potentiationTime: 5 * ms, depressionTime: 9 * ms, potentiationThreshold: 0.3 };
    const [last, lastDown] = [
      stepsOfPulse({ amplitude: 1, timeConstant: 5, threshold: 0.3 }),
      stepsOfPulse({ amplitude: 1, timeConstant: 9, threshold: 0.5 }),
    ];
    for (let t = 0; t < 15; t++) {
      expect(sum(course(oneSynapse("thresholded-stdp", parameters), 20, [2], [2 + t]))).toBe(t <= last ? 1 : 0);
      if (t === 0) continue;
      expect(sum(course(oneSynapse("thresholded-stdp", parameters), 20, [2 + t], [2]))).toBe(t <= lastDown ? -1 : 0);
    }
  });
});

describe("voltage-dependent synaptic plasticity", () => {
  const change = (v: number, w: number, spikes = 1): number =>
    asked(oneSynapse("vdsp", { rate: 0.02, nonlinearity: 1.5 }), {
      "post spikes": [spikes],
      "pre membrane": [v],
      weights: [w],
    });

  it("has the sign of minus the input's membrane, and its published size", () => {
    for (const w of [0, 0.3, 0.9]) {
      for (const v of [0.2, 0.8]) {
        expect(change(-v, w)).toBeCloseTo(0.02 * (Math.exp(v) - 1) * Math.exp(-1.5 * w) * (1 - w), 12);
        expect(change(v, w)).toBeCloseTo(-0.02 * (Math.exp(v) - 1) * Math.exp(1.5 * (w - 1)) * w, 12);
      }
      expect(change(0, w)).toBe(0);
    }
  });

  it("acts at spikes of the neuron alone, and never takes a weight past its ends", () => {
    expect(change(-1, 0.5, 0)).toBe(0);
    expect(change(-1, 1)).toBe(0);
    expect(change(1, 0)).toBeCloseTo(0, 15);
  });
});
