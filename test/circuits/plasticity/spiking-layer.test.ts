import { describe, expect, it } from "vitest";
import { decayFactor, IntegrateAndFire } from "../../../circuits/neurons/index.ts";
import {
  LocalRule,
  layerSignals,
  PlasticSynapses,
  type Signal,
  SpikingLayer,
} from "../../../circuits/plasticity/index.ts";
import { Arbitration, SynapseArray } from "../../../circuits/synapses/index.ts";
import { conductanceSteps } from "../../../crossbar/index.ts";
import { deviceModel } from "../../../devices/index.ts";
import { at, type Draw, drawOf, normalsOfCell } from "../../../src/ground/draws/index.ts";
import { type Engine, openEngine } from "../../../src/ground/kernels/index.ts";
import { everything, nothing, shippedSet } from "../../contracts/device-contract.ts";
import { withValues } from "../../contracts/golden.ts";
import { ms } from "./rules.ts";

const device = deviceModel("pulse-response").prepare(
  withValues(shippedSet("pulse-response", "soft-bounds"), { "step.median": 0.01 }),
);
const { read } = device.operation;
// Weights of 0 to 1 from 10 to 30 uS, the median device's limits.
const [zero, scale] = [10e-6, 20e-6];

function arrayOf(engine: Engine, synapses: number, draw: Draw, weights: Float32Array | number, switches = everything) {
  const cells = device.create(engine, synapses, draw, switches);
  const start = typeof weights === "number" ? new Float32Array(synapses).fill(weights) : weights;
  cells.replace!(
    start.map((weight) => zero + scale * weight),
    true,
  );
  const spec = {
    devices: 1,
    policy: "global-clock",
    increment: 1,
    potentiationCounter: 1,
    depressionCounter: 1,
  } as const;
  return new SynapseArray(cells, null, device.operation, "single", new Arbitration(spec, synapses, draw));
}

function plasticOf(
  engine: Engine,
  array: SynapseArray,
  name: string,
  inputs: number,
  parameters = {},
  gives = layerSignals,
) {
  const { potentiate, depress } = conductanceSteps(engine, device);
  const steps = { growing: potentiate / scale, falling: depress! / scale };
  const network = { inputs, neurons: array.synapses / inputs, step: ms, gives };
  return new PlasticSynapses(new LocalRule(name, network, parameters), array, steps, "stochastic", drawOf(1));
}

describe("a layer of spiking neurons on devices", () => {
  it("sums the weights of spiking rows alone, and sends spikes back a step later", async () => {
    const engine = await openEngine(1 << 22, "typescript");
    const forward = arrayOf(
      engine,
      6,
      at(drawOf(1), "forward"),
      Float32Array.of(0.2, 0.45, 0.1, 0.3, 0.5, 0.6),
      nothing,
    );
    const backward = arrayOf(engine, 4, at(drawOf(1), "backward"), Float32Array.of(0, 0.5, 0.25, 0), nothing);
    const neurons = new IntegrateAndFire({ leak: 1, threshold: 1, reset: 0 }, 2);
    const synapses = { array: forward, read, scale, zero };
    const layer = new SpikingLayer({ neurons, synapses, recurrent: { ...synapses, array: backward }, step: ms });
    expect([...layer.step([1, 0, 1])]).toEqual([0, 1]);
    // State is float32.
    expect(neurons.membrane[0]).toBeCloseTo(0.7, 5);
    expect([...layer.step([0, 1, 0])]).toEqual([1, 0]);
    expect(neurons.membrane[1]).toBeCloseTo(0.3, 5);
    layer.step([0, 0, 0]);
    expect(neurons.membrane[1]).toBeCloseTo(0.3 + 0.5, 5);
    expect(layer.work.reads).toBeGreaterThan(0);
    expect(layer.work.pulses).toBe(0);
    expect([...layer.weights()].map((weight) => Number(weight.toFixed(4)))).toEqual([0.2, 0.45, 0.1, 0.3, 0.5, 0.6]);
  });

  it("is refused a rule that its inputs' signals do not suffice for, by name", async () => {
    const engine = await openEngine(1 << 22, "typescript");
    const array = arrayOf(engine, 4, drawOf(1), 0.5);
    expect(() => plasticOf(engine, array, "vdsp", 4)).toThrow(
      'rule "vdsp" needs "pre membrane", which this network does not give: it gives "pre spikes", "post spikes", "post membrane", "weights"',
    );
    // Where inputs are neurons themselves, their membranes are there.
    const gives: Signal[] = [...layerSignals, "pre membrane"];
    expect(() => plasticOf(engine, array, "vdsp", 4, {}, gives)).not.toThrow();
  });

  /** Two groups of inputs: those of the first spike together, the others each for itself, all equally often. */
  function spikesAt(step: number, inputs: number, together: number): Uint8Array {
    const z = new Float64Array(inputs + 1);
    normalsOfCell(at(drawOf(1), "spikes"), 0, step, z);
    // 5 % of the steps.
    return Uint8Array.from({ length: inputs }, (_, i) => ((i < together ? z[inputs]! : z[i]!) > 1.645 ? 1 : 0));
  }

  it.each(["pair-stdp", "vdsp"])("learns by %s which inputs spike together", async (name) => {
    const [inputs, together] = [24, 8];
    const engine = await openEngine(1 << 22, "typescript");
    const array = arrayOf(engine, inputs, at(drawOf(1), "cells"), 0.5);
    const parameters =
      name === "vdsp" ? { rate: 0.03 } : { potentiation: 0.02, depression: 0.03, preTime: 3 * ms, postTime: 10 * ms };
    const gives: Signal[] = [...layerSignals, "pre membrane"];
    const plastic = plasticOf(engine, array, name, inputs, parameters, gives);
    const neurons = new IntegrateAndFire({ leak: decayFactor(3 * ms, ms), threshold: 2.2, reset: 0 }, 1);
    const layer = new SpikingLayer({ neurons, synapses: { array, read, scale, zero }, plastic, step: ms });
    // Membranes of inputs: -1 after a spike, back to a quarter above rest with 2 ms.
    const membranes = new Float64Array(inputs).fill(0.25);
    let fired = 0;
    for (let step = 0; step < 3000; step++) {
      const spikes = spikesAt(step, inputs, together);
      for (let i = 0; i < inputs; i++) membranes[i] = spikes[i] ? -1 : 0.25 + (membranes[i]! - 0.25) * Math.exp(-0.5);
      fired += layer.step(spikes, { "pre membrane": membranes })[0]!;
    }
    const weights = layer.weights();
    const mean = (from: number, to: number) => weights.subarray(from, to).reduce((a, b) => a + b, 0) / (to - from);
    expect(fired).toBeGreaterThan(50);
    // A tenth of the span is ten pulses; all began alike.
    expect(mean(0, together) - mean(together, inputs)).toBeGreaterThan(0.1);
    expect(Math.min(...weights.subarray(0, together))).toBeGreaterThan(mean(together, inputs));
    // Every step passed for the devices, reads and pulses within it.
    expect(array.positive.clock).toBeGreaterThan(2.999);
    expect(layer.work.pulses).toBeGreaterThan(0);
  });
});
