import { describe, expect, it } from "vitest";
import {
  LocalRule,
  localRules,
  measureWindow,
  PlasticSynapses,
  ruleWindows,
} from "../../../circuits/plasticity/index.ts";
import { Arbitration, SynapseArray } from "../../../circuits/synapses/index.ts";
import { conductanceSteps } from "../../../crossbar/index.ts";
import { deviceModel, type PreparedDevice } from "../../../devices/index.ts";
import { at, drawOf, normalsOfCell } from "../../../src/ground/draws/index.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, nothing, shippedSet } from "../../contracts/device-contract.ts";
import { withValues } from "../../contracts/golden.ts";
import { everySignal, ms } from "./rules.ts";

const deviceOf = (model: string, set: string, values: Record<string, number> = {}): PreparedDevice =>
  deviceModel(model).prepare(withValues(shippedSet(model, set), values));
const softBounds = deviceOf("pulse-response", "soft-bounds");

describe("windows of local rules through devices", () => {
  it("are there for every rule that asks for pulses", () => {
    const asking = localRules.filter(({ gives }) => gives !== "stimuli").map(({ name }) => name);
    expect(ruleWindows.map(({ rule }) => rule)).toEqual(asking);
  });

  it.each(ruleWindows)("are what $rule asked for, on noiseless devices with soft bounds", async (window) => {
    const few = { ...window, values: window.values.filter((_, k) => k % 4 === 0) };
    const synapses = 60;
    const engine = await openEngine(1 << 24, "typescript");
    const { potentiate } = conductanceSteps(engine, softBounds);
    const step = potentiate / (softBounds.targetRange - softBounds.targetLow);
    const points = measureWindow(
      engine,
      few,
      { device: softBounds, differential: false, synapses, switches: nothing },
      drawOf(1),
    );
    const largest = Math.max(...points.map(({ requested }) => Math.abs(requested)));
    expect(largest).toBeGreaterThan(0);
    for (const { requested, mean } of points) {
      // Rounding draws at most half a step of deviation for each of at most 5 pulses asked apart; 5 % is what bounds take off a step on the way.
      const bound = (4.5 * 0.5 * Math.sqrt(5) * step) / Math.sqrt(synapses) + 0.05 * Math.abs(requested);
      expect(Math.abs(mean - requested)).toBeLessThan(bound);
    }
  });

  it.each([
    ["pulse-response", "soft-bounds", false],
    ["pcm-accumulation", "nandakumar-2018", true],
    ["vteam", "simbrain-cms", false],
  ])("keep the signs and the order of pair STDP on real cells: %s, %s", async (model, set, differential) => {
    const device = deviceOf(model, set);
    const engine = await openEngine(1 << 24, "typescript");
    const window = { ...ruleWindows[0]!, values: [-30, -5, 0, 5, 30] };
    const points = measureWindow(
      engine,
      window,
      { device, differential, synapses: 40, switches: everything },
      drawOf(1),
    );
    const [farDown, down, common, up, farUp] = points.map(({ mean }) => mean);
    for (const { requested, mean } of points) expect(Math.sign(mean)).toBe(Math.sign(requested));
    expect(down!).toBeLessThan(farDown!);
    expect(up!).toBeGreaterThan(farUp!);
    expect(common!).toBeGreaterThan(farUp!);
    // They do something else than was asked, and differ from each other.
    for (const { deviation } of points) expect(deviation).toBeGreaterThan(0);
  });
});

describe("synapses that learn by a local rule", () => {
  async function learning(name: string, inputs: number, neurons: number, parameters = {}) {
    const device = deviceOf("pulse-response", "soft-bounds", { "step.median": 0.005 });
    const engine = await openEngine(1 << 22, "typescript");
    const count = inputs * neurons;
    const cells = device.create(engine, count, at(drawOf(1), "cells"), everything);
    const spec = {
      devices: 1,
      policy: "global-clock",
      increment: 1,
      potentiationCounter: 1,
      depressionCounter: 1,
    } as const;
    const array = new SynapseArray(cells, null, device.operation, "single", new Arbitration(spec, count, drawOf(1)));
    // Weights from 0 in the middle of the conductances to +-1 at +-15 uS: within them the median device is.
    const scale = 15e-6;
    const { potentiate, depress } = conductanceSteps(engine, device);
    const steps = { growing: potentiate / scale, falling: depress! / scale };
    const rule = new LocalRule(name, { inputs, neurons, step: ms, gives: everySignal }, parameters);
    const synapses = new PlasticSynapses(rule, array, steps, "stochastic", drawOf(1));
    const weights = (): Float64Array => {
      const now = new Float32Array(count);
      cells.conductance(now);
      return Float64Array.from(now, (conductance) => (conductance - 20e-6) / scale);
    };
    return { synapses, weights, cells };
  }

  it("pulse what the rule asks for and nothing else, and book it", async () => {
    const { synapses, cells } = await learning("thresholded-stdp", 3, 2);
    expect(synapses.learn({ "pre spikes": [1, 0, 1], "post spikes": [0, 0] })).toBeNull();
    const done = synapses.learn({ "pre spikes": [0, 0, 0], "post spikes": [0, 1] })!;
    expect(done.requested).toEqual({ potentiation: 2, depression: 0 });
    expect(done.pulses).toEqual({ potentiation: 2, depression: 0 });
    expect(done.work).toBeGreaterThan(0);
    const wear = new Float64Array(6);
    cells.wear!(wear);
    expect([...wear]).toEqual([0, 1, 0, 0, 0, 1]);
  });

  it("round changes so that their mean is kept", async () => {
    const { synapses } = await learning("oja", 1, 1, { rate: 1e-3 });
    let pulses = 0;
    for (let step = 0; step < 2000; step++) {
      const done = synapses.learn({ "pre rates": [1], "post rates": [1], weights: [0] });
      pulses += done?.pulses.potentiation ?? 0;
    }
    const growing = (0.005 * (10e-6 / 0.6)) / 15e-6;
    const expected = (2000 * 1e-3) / growing;
    expect(Math.abs(pulses - expected)).toBeLessThan(4.5 * Math.sqrt(2000 * 0.25));
  });

  it("learn clusters by SoftHebb on devices of soft bounds: each neuron answers to one of four", async () => {
    const [inputs, neurons] = [12, 4];
    const { synapses, weights } = await learning("soft-hebb", inputs, neurons, { rate: 0.2, inverseTemperature: 12 });
    const noise = new Float64Array(inputs);
    const sampleOf = (sample: number): Float64Array => {
      normalsOfCell(at(drawOf(1), "samples"), 0, sample, noise);
      const x = noise.map((own, i) => Math.abs(0.15 * own) + (i % neurons === sample % neurons ? 1 : 0));
      const norm = Math.hypot(...x);
      return x.map((own) => own / norm);
    };
    const answers = (x: Float64Array, w: Float64Array): Float64Array =>
      new Float64Array(neurons).map((_, j) => x.reduce((sum, own, i) => sum + own * w[i * neurons + j]!, 0));
    for (let sample = 0; sample < 3000; sample++) {
      const [x, w] = [sampleOf(sample), weights()];
      synapses.learn({ "pre rates": x, "post membrane": answers(x, w), weights: w });
    }
    const w = weights();
    let right = 0;
    const own = [0, 1, 2, 3]
      .map((cluster) => answers(sampleOf(1e5 + cluster), w))
      .map((u) => u.indexOf(Math.max(...u)));
    expect(new Set(own).size).toBe(neurons);
    for (let sample = 2e5; sample < 2e5 + 400; sample++) {
      const u = answers(sampleOf(sample), w);
      if (u.indexOf(Math.max(...u)) === own[sample % neurons]) right++;
    }
    expect(right).toBeGreaterThan(380);
  });
});
