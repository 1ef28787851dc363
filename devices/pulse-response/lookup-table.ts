import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type DeviceLaw, preparePopulation } from "../population/index.ts";
import { numberAt } from "../values.ts";
import { stepTableOf } from "./step-table.ts";
import { wholePulseLaw } from "./whole-pulses.ts";

/**
 * Devices whose steps are drawn from a table of measured ones: G <- G + q(u; G), u uniform on 0 .. 1, where q is the quantile of the steps
 * that pulses of this sign made from conductances about G (step-table.ts). Clipped at the set's limits.
 */
export function lookupTableLaw(values: KnownTree): DeviceLaw {
  const [up, down] = [stepTableOf(values, "up"), stepTableOf(values, "down")];
  const usual = numberAt(values, "temperature", 1);
  const low = numberAt(values, "limits.low", 0);
  const high = numberAt(values, "limits.high", low);
  return wholePulseLaw({
    variables: [{ name: "conductance", low, high, start: numberAt(values, "start", low, high) }],
    traits: [],
    conducting: 0,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    threshold: numberAt(values, "threshold", Number.MIN_VALUE),
    current: (voltage, x) => voltage * x[0]!,
    step(x, direction, normals) {
      x[0]! += (direction === 1 ? up : down)(x[0]!, normals[0]!);
    },
  });
}

/** The model whose set is the table itself. */
export const lookupTable: DeviceModel = {
  name: "lookup-table",
  title: "Response to pulses by a table of measured steps",
  kind: "pulsed",
  parameterSets: ["gong-2018", "synthetic-soft-bounds"],
  prepare: (values) =>
    preparePopulation(values, { name: "lookup-table", law: lookupTableLaw(values), programmable: true }),
};
