import type { DeviceModel } from "../device.ts";
import { preparePopulation } from "../population/index.ts";
import { yakopcicLaw } from "../resistive-switching/yakopcic.ts";
import { wordAt } from "../values.ts";
import { pulsePowerLaw } from "./pulse-power.ts";
import { twoComponentLaw } from "./two-component.ts";

const laws = { "two-component": twoComponentLaw, "pulse-power": pulsePowerLaw, yakopcic: yakopcicLaw } as const;

/** Interface-type cells of strontium titanate: one model, whose set says by which law its device was described. */
export const strontiumTitanate: DeviceModel = {
  name: "strontium-titanate",
  title: "Strontium-titanate memristor with lasting and volatile conductance",
  kind: "volatile",
  parameterSets: ["weilenmann-2024", "tiotto-2021", "tiotto-2022"],
  prepare(values) {
    const form = wordAt(values, "law", ["two-component", "pulse-power", "yakopcic"]);
    return preparePopulation(values, {
      name: "strontium-titanate",
      law: laws[form](values),
      // Nothing is known of pulses that take the power law's devices down again.
      programmable: form !== "pulse-power",
    });
  },
};
