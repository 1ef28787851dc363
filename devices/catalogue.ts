import { inputError, namesNear } from "../src/ground/errors.ts";
import { chalcogenide } from "./chalcogenide/chalcogenide.ts";
import type { DeviceModel } from "./device.ts";
import { ideal } from "./ideal.ts";
import { measuredArray } from "./measured-array/measured-array.ts";
import { accumulation } from "./phase-change/accumulation.ts";
import { phaseChange } from "./phase-change/programmed-statistics.ts";
import { thermal } from "./phase-change/thermal.ts";
import { lookupTable } from "./pulse-response/lookup-table.ts";
import { pulseResponse } from "./pulse-response/pulse-response.ts";
import { jartVcm } from "./resistive-switching/jart-vcm.ts";
import { sky130 } from "./resistive-switching/sky130.ts";
import { stanfordPku } from "./resistive-switching/stanford-pku.ts";
import { tio2 } from "./resistive-switching/tio2.ts";
import { vteam } from "./resistive-switching/vteam.ts";
import { yakopcic } from "./resistive-switching/yakopcic.ts";
import { strontiumTitanate } from "./strontium-titanate/strontium-titanate.ts";
import { synaptogen } from "./synaptogen/synaptogen.ts";
import { diffusive } from "./volatile/diffusive.ts";
import { dynamicMemristor } from "./volatile/dynamic-memristor.ts";
import { tsodyksMarkram } from "./volatile/tsodyks-markram.ts";

/** Every device model, by the name users give. */
export const deviceModels: readonly DeviceModel[] = [
  ideal,
  // Phase change.
  phaseChange,
  accumulation,
  thermal,
  // Resistive switching.
  vteam,
  yakopcic,
  tio2,
  stanfordPku,
  sky130,
  jartVcm,
  // Strontium titanate.
  strontiumTitanate,
  synaptogen,
  // Arrays by their statistics.
  measuredArray,
  // Steps of pulses.
  pulseResponse,
  lookupTable,
  // Chalcogenides under light.
  chalcogenide,
  // Volatile.
  dynamicMemristor,
  diffusive,
  tsodyksMarkram,
];

/** The model of that name; an unknown one is refused with the names near it. */
export function deviceModel(name: string, file = "device"): DeviceModel {
  const model = deviceModels.find((candidate) => candidate.name === name);
  if (model) return model;
  const names = deviceModels.map((candidate) => candidate.name);
  throw inputError({ file, found: `no model "${name}"`, expected: names.join(", "), near: namesNear(name, names) });
}
