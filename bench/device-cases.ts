import { deviceModel, shippedParameterSet } from "../devices/index.ts";
import { noiseState, ReadNoise, type ReadNoiseLaw } from "../devices/noise/index.ts";
import { relax } from "../devices/relaxation.ts";
import { allocateState } from "../devices/state.ts";
import { at, type Draw, fillNormal } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { readKnownTree } from "../src/ground/known-tree.ts";
import type { Case } from "./cases.ts";

/** Devices of a population. */
const devices = 1 << 20;

/** Names that comparisons quote. */
export const namedDevices = {
  relaxation: "relaxation of strontium titanate",
  accumulation: "stochastic pulse, accumulating pcm",
  white: "a read with white noise",
  softBounds: "stochastic pulse, soft bounds",
} as const;

/** Populations of a million devices. */
export function deviceCasesOn(engine: Engine, root: Draw): Case[] {
  const { memory } = engine;
  // Both components, each with time constants of the devices' own around 3.16 and 1228 s; a tenth of a second.
  const components = [3.1623, 1228].map((time) => {
    const rate = memory.float32(devices);
    fillNormal(engine, at(root, "rate", Math.round(time)), 0, rate);
    for (let i = 0; i < devices; i++) rate[i] = Math.exp(0.2 * rate[i]!) / time;
    return { value: memory.float32(devices), rate };
  });
  let left = 0;
  return [
    {
      name: namedDevices.relaxation,
      each: "device",
      count: devices,
      run() {
        // Filled again before nothing is left: what is timed are ordinary numbers.
        if (left-- === 0) {
          left = 1000;
          for (const { value } of components) value.fill(20e-9);
        }
        for (const { value, rate } of components) relax(engine, value, rate, 0.1);
      },
    },
    pulse(engine, namedDevices.softBounds, "pulse-response", "soft-bounds", at(root, "soft bounds")),
    pulse(engine, namedDevices.accumulation, "pcm-accumulation", "nandakumar-2018", at(root, "accumulation")),
    noisyRead(engine, { ...quiet, white: 0.01 }, namedDevices.white, at(root, "white")),
    {
      ...noisyRead(
        engine,
        { ...quiet, white: 0.01, flicker: 0.01 },
        "the same and 1/f noise of nine decades",
        at(root, "flicker"),
      ),
      over: namedDevices.white,
    },
  ];
}

/** The set's potentiation pulse on a whole population, with its spread and the work of every device. */
function pulse(engine: Engine, name: string, model: string, set: string, draw: Draw): Case {
  const { tree } = shippedParameterSet(model, set);
  const device = deviceModel(model).prepare(readKnownTree((tree as { values: unknown }).values, set));
  const switches = { programmingNoise: true, drift: true, readNoise: true, polarity: true };
  const cells = device.create(engine, devices, draw, switches);
  const work = engine.memory.float64(devices);
  const { voltage, width } = device.operation.potentiate!;
  return {
    name,
    each: "device",
    count: devices,
    run: () => cells.apply({ voltage, duration: width }, work),
  };
}

const quiet: ReadNoiseLaw = {
  scale: 1,
  white: 0,
  whiteTime: 1e-6,
  whiteConductance: 0,
  flicker: 0,
  flickerFrom: 1e-6,
  flickerTo: 1e3,
  telegraph: { share: 0, amplitude: 0, amplitudeSpread: 0, fastest: 1, slowest: 1 },
  fano: 0,
};

/** Regular reads: 1 us long, one every 2 us. What is timed is a read's noise on currents that are there. */
function noisyRead(engine: Engine, law: ReadNoiseLaw, name: string, draw: Draw): Case {
  const { layout, numbers } = noiseState(law);
  const state = allocateState(engine, layout, devices, numbers);
  const noise = new ReadNoise(engine, devices, law, state.fields, state.common, draw);
  const current = new Float64Array(devices);
  const how = { voltage: 0.1, duration: 1e-6, temperature: 300 };
  let reading = 0;
  return {
    name,
    each: "device",
    count: devices,
    run() {
      current.fill(1e-6);
      noise.read(2e-6 * reading, how, reading, null, current);
      reading++;
    },
  };
}
