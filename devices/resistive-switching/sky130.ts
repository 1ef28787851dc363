import { boltzmannConstant, elementaryCharge } from "../../src/ground/constants.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, preparePopulation } from "../population/index.ts";
import { numberAt, numbersAt } from "../values.ts";

/**
 * Filamentary cell whose state is the thickness f of its filament in an oxide of thickness t_ox, and how much hotter the cell is than what
 * is around it:
 *
 *   I = I_k e^(-(t_ox - f) / (t_ox - t_ref)) sinh(V / V_ref)
 *   df/dt = v0 (e^(-(E_generation - e) / kT) - e^(-(E_recombination + e) / kT)), e = gamma (a0 / t_ox) q V,
 *   gamma = gamma0 + gamma1 ((t_ox - f) / 1 nm)^3
 *   C dT/dt = V I - (T - T0) C / tau.
 *
 * @source SkyWater SKY130 ReRAM cell, github.com/google/skywater-pdk-libs-sky130_fd_pr_reram
 */
export function sky130Law(values: KnownTree): ContinuousDeviceLaw {
  const positive = Number.MIN_VALUE;
  const amplitude = numberAt(values, "current.amplitude", positive);
  const voltageScale = numberAt(values, "current.voltage", positive);
  const oxide = numberAt(values, "oxideThickness", positive);
  const decay = oxide - numberAt(values, "current.thickness", 0, oxide);
  const low = numberAt(values, "filament.low", 0, oxide);
  const high = numberAt(values, "filament.high", low, oxide);
  const velocity = numberAt(values, "motion.velocity", 0);
  const generation = numberAt(values, "motion.generation", 0);
  const recombination = numberAt(values, "motion.recombination", 0);
  const lever = (numberAt(values, "motion.spacing", positive) * elementaryCharge) / oxide;
  const enhancement = numberAt(values, "motion.enhancement", 0);
  const slope = numberAt(values, "motion.enhancementSlope", Number.NEGATIVE_INFINITY, 0);
  const capacitance = numberAt(values, "thermal.capacitance", positive);
  const time = numberAt(values, "thermal.time", positive);
  const hottest = numberAt(values, "thermal.highest", positive);
  const least = numberAt(values, "leastWrite", 0);
  const cycleSpread = numberAt(values, "cycleSpread", 0);
  const usual = numberAt(values, "temperature", 1);
  const [cold, warm] = numbersAt(values, "temperatures", 2, 2);
  const through = (voltage: number, filament: number) =>
    amplitude * Math.exp(-(oxide - filament) / decay) * Math.sinh(voltage / voltageScale);
  return continuousLaw({
    variables: [
      { name: "filament", low, high, start: numberAt(values, "filament.start", low, high) },
      { name: "heating", low: 0, high: hottest, start: 0 },
    ],
    traits: [
      { name: "rate", value: 1, spread: numberAt(values, "deviceSpread.rate", 0), distribution: "log-normal" },
      {
        name: "conductance",
        value: 1,
        spread: numberAt(values, "deviceSpread.conductance", 0),
        distribution: "log-normal",
      },
    ],
    conducting: 0,
    temperature: { usual, low: cold!, high: warm! },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: true,
    writes: (voltage) => Math.abs(voltage) >= least,
    current: (voltage, x, traits) => traits[1]! * through(voltage, x[0]!),
    rates(voltage, x, traits, { temperature }, normals, out) {
      const [filament, heating] = [x[0]!, x[1]!];
      const heat = boltzmannConstant * (temperature + heating);
      const energy = (enhancement + slope * ((oxide - filament) / 1e-9) ** 3) * lever * voltage;
      const own = traits[0]! * velocity * Math.max(0, 1 + cycleSpread * normals[0]!);
      out[0] = own * (Math.exp(-(generation - energy) / heat) - Math.exp(-(recombination + energy) / heat));
      out[1] = (voltage * traits[1]! * through(voltage, filament)) / capacitance - heating / time;
    },
  });
}

export const sky130: DeviceModel = {
  name: "sky130",
  title: "ReRAM cell of the SkyWater SKY130 process",
  kind: "dynamic",
  parameterSets: ["skywater-2021"],
  prepare(values) {
    return preparePopulation(values, {
      name: "sky130",
      law: sky130Law(values),
      programmable: true,
    });
  },
};
