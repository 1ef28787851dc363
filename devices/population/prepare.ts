import type { KnownTree } from "../../src/ground/known.ts";
import type { PreparedDevice } from "../device.ts";
import { readNoiseLaw } from "../noise/index.ts";
import { operationOf } from "../operation.ts";
import { numberAt } from "../values.ts";
import type { DeviceLaw } from "./law.ts";
import { Population, type PopulationSpec } from "./population.ts";
import { wearLaw } from "./wear.ts";

/** What a model adds to its law. */
export interface PopulationModel {
  /** Named in refusals. */
  readonly name: string;
  readonly law: DeviceLaw;
  /** S: what the largest weight and a weight of zero ask for. */
  readonly targetRange: number;
  readonly targetLow: number;
  /** s between programming and the first reading; default 0. */
  readonly firstReading?: number;
}

/** A model of one law with a parameter set that inherits what is common to all of them (data/devices/common.yaml). */
export function preparePopulation(values: KnownTree, model: PopulationModel): PreparedDevice {
  const operation = operationOf(values);
  const spec: PopulationSpec = {
    name: model.name,
    law: model.law,
    wear: wearLaw(values),
    spread: numberAt(values, "spread", 0, 100),
    readNoise: readNoiseLaw(values),
    read: operation.read,
    compliance: numberAt(values, "compliance", Number.MIN_VALUE),
  };
  return {
    targetRange: model.targetRange,
    targetLow: model.targetLow,
    operation,
    firstReading: model.firstReading ?? 0,
    devicesPerCell: 1,
    tellsPolarity: model.law.polar,
    create: (engine, count, draw, switches) => new Population(spec, engine, count, draw, switches),
  };
}
