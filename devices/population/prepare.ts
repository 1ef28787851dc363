import type { KnownTree } from "../../src/ground/known.ts";
import type { PreparedDevice } from "../device.ts";
import { readNoiseLaw } from "../noise/index.ts";
import { operationOf } from "../operation.ts";
import { numberAt } from "../values.ts";
import { writeVerifyScheme } from "../write-verify.ts";
import type { DeviceLaw } from "./law.ts";
import { Population, type PopulationSpec } from "./population.ts";
import { wearLaw } from "./wear.ts";

/** What a model adds to its law. */
export interface PopulationModel {
  /** Named in refusals. */
  readonly name: string;
  readonly law: DeviceLaw;
  /** Whether pulses, of both signs, can bring its cells to a target: the set then has `target.range` and `target.low`, what the largest weight and one of zero ask for. */
  readonly programmable: boolean;
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
  const writeVerify = model.programmable ? writeVerifyScheme(values, operation) : null;
  const low = writeVerify ? numberAt(values, "target.low", 0) : 0;
  return {
    targetRange: writeVerify ? numberAt(values, "target.range", low) : 0,
    targetLow: low,
    operation,
    writeVerify,
    firstReading: numberAt(values, "firstReading", 0),
    devicesPerCell: 1,
    tellsPolarity: model.law.polar,
    create: (engine, count, draw, switches) => new Population(spec, engine, count, draw, switches),
  };
}
