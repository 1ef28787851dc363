import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, preparePopulation } from "../population/index.ts";
import { numberAt, wordAt } from "../values.ts";

/**
 * Threshold-adaptive memristor. The state w runs from 0 (on) to 1 (off), in units of the device's thickness:
 *
 *   dw/dt = (kOff / d) (v / vOff - 1)^alphaOff (1 - w)^pOff   above vOff > 0
 *           (kOn / d) (v / vOn - 1)^alphaOn w^pOn             below vOn < 0, kOn < 0
 *           0                                                 between,
 *
 * where v is the voltage in the model's own sense; `polarity` -1 turns it, so that a positive pulse potentiates. Resistance is linear in
 * w, or exponential, or conductance is linear in w; the ends are then `on.conductance` and `off.conductance`. Fits to measured devices
 * let w be conductive at its off end, so that `off` is the name of a direction there and no more.
 *
 * @source Kvatinsky et al., IEEE Trans. Circuits Syst. II 62, 786 (2015), doi:10.1109/TCSII.2015.2433536
 */
export function vteamLaw(values: KnownTree): ContinuousDeviceLaw {
  const thickness = numberAt(values, "thickness", Number.MIN_VALUE);
  const kOff = numberAt(values, "off.rate", 0) / thickness;
  const kOn = numberAt(values, "on.rate", Number.NEGATIVE_INFINITY, 0) / thickness;
  const vOff = numberAt(values, "off.threshold", Number.MIN_VALUE);
  const vOn = numberAt(values, "on.threshold", Number.NEGATIVE_INFINITY, -Number.MIN_VALUE);
  const alphaOff = numberAt(values, "off.exponent", 0);
  const alphaOn = numberAt(values, "on.exponent", 0);
  const pOff = numberAt(values, "off.window", 0);
  const pOn = numberAt(values, "on.window", 0);
  const polarity = numberAt(values, "polarity", -1, 1);
  const scale = wordAt(values, "resistance", ["linear", "exponential", "conductance"]);
  const [gOn, gOff] = ["on", "off"].map((end) =>
    scale === "conductance"
      ? numberAt(values, `${end}.conductance`, Number.MIN_VALUE)
      : 1 / numberAt(values, `${end}.resistance`, Number.MIN_VALUE),
  ) as [number, number];
  const conductance = (w: number): number => {
    if (scale === "conductance") return gOn + w * (gOff - gOn);
    return scale === "exponential" ? gOn * (gOff / gOn) ** w : 1 / (1 / gOn + w * (1 / gOff - 1 / gOn));
  };
  const usual = numberAt(values, "temperature", 1);
  const rateSpread = numberAt(values, "deviceSpread.rate", 0);
  const conductanceSpread = numberAt(values, "deviceSpread.conductance", 0);
  const cycleSpread = numberAt(values, "cycleSpread", 0);
  return continuousLaw({
    variables: [{ name: "state", low: 0, high: 1, start: numberAt(values, "start", 0, 1) }],
    traits: [
      { name: "rate", value: 1, spread: rateSpread, distribution: "log-normal" },
      { name: "conductance", value: 1, spread: conductanceSpread, distribution: "log-normal" },
    ],
    conducting: 0,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: false,
    writes: (voltage) => polarity * voltage > vOff || polarity * voltage < vOn,
    current: (voltage, x, traits) => voltage * traits[1]! * conductance(x[0]!),
    rates(voltage, x, traits, _surroundings, normals, out) {
      const v = polarity * voltage;
      const w = x[0]!;
      const own = traits[0]! * Math.max(0, 1 + cycleSpread * normals[0]!);
      if (v > vOff) out[0] = own * kOff * (v / vOff - 1) ** alphaOff * (pOff === 0 ? 1 : (1 - w) ** pOff);
      else if (v < vOn) out[0] = own * kOn * (v / vOn - 1) ** alphaOn * (pOn === 0 ? 1 : w ** pOn);
      else out[0] = 0;
    },
  });
}

export const vteam: DeviceModel = {
  name: "vteam",
  title: "Voltage-threshold-adaptive memristor (VTEAM)",
  kind: "dynamic",
  parameterSets: ["kvatinsky-2015", "simbrain-cms", "simbrain-mf", "simbrain-ferroelectric"],
  prepare(values) {
    return preparePopulation(values, {
      name: "vteam",
      law: vteamLaw(values),
      programmable: true,
    });
  },
};
