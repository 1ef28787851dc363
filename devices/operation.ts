import { isKnown, type KnownTree } from "../src/ground/known.ts";
import type { Operation, Pulse } from "./device.ts";
import { numberAt, numbersAt } from "./values.ts";

/** A parameter set's `operation`: voltages and times that it is used with. Only `read` must be there. */
export function operationOf(values: KnownTree): Operation {
  const tree = values.operation;
  const has = (key: string): boolean => tree !== undefined && !isKnown(tree) && key in tree;
  const pulse = (key: string): Pulse => pulseAt(values, `operation.${key}`);
  return {
    read: pulse("read"),
    potentiate: has("potentiate") ? pulse("potentiate") : null,
    depress: has("depress") ? pulse("depress") : null,
    sweep: has("sweep")
      ? {
          voltages: numbersAt(values, "operation.sweep.voltages", 2, 100),
          rate: numberAt(values, "operation.sweep.rate", Number.MIN_VALUE),
        }
      : null,
    light: has("light")
      ? {
          irradiance: numberAt(values, "operation.light.irradiance", 0),
          wavelength: numberAt(values, "operation.light.wavelength", Number.MIN_VALUE),
          pulse: pulse("light"),
        }
      : null,
  };
}

/** The voltage and the width under a path of a parameter set. */
export function pulseAt(values: KnownTree, path: string): Pulse {
  return {
    voltage: numberAt(values, `${path}.voltage`),
    width: numberAt(values, `${path}.width`, Number.MIN_VALUE),
  };
}
