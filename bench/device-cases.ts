import { deviceModel, shippedParameterSet } from "../devices/index.ts";
import { relax } from "../devices/relaxation.ts";
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
    pulse(engine, namedDevices.accumulation, "pcm-accumulation", "nandakumar-2018", at(root, "accumulation")),
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
