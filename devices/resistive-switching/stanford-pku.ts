import { boltzmannConstant, elementaryCharge } from "../../src/ground/constants.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, preparePopulation } from "../population/index.ts";
import { numberAt, numbersAt } from "../values.ts";

/**
 * Share of F_min over which motion sets in, smoothly. RESET ends where the field falls to F_min; with a jump there a gap that follows a ramp
 * would have no rate at all.
 */
const onsetWidth = 1e-3;

/**
 * Filamentary cell whose state is the gap g between the filament's tip and the electrode:
 *
 *   I = I0 e^(-g/g0) sinh(V/V0), T = T0 + |V I| R_th
 *   dg/dt = -v0 e^(-Ea/kT) sinh(gamma (a0/t_ox) q V / kT), gamma = gamma0 - beta (g/1 nm)^3, 0 where gamma |V| / t_ox < F_min.
 *
 * The original adds a random speed, delta / (1 + e^((T_crit - T) / T_smooth)) times a fresh normal at every step of the simulator, so that
 * the gap's spread depends on the step. Here one normal a pulse drives a gap that wanders as if that speed were drawn afresh every tau:
 * by the time t of a pulse its deviation is delta t sqrt(tau / (t + tau)), the original's within a step, and beyond it diffusion,
 * whose variance grows with time; over pulses variances add. Ions that the field does not move do not wander either.
 *
 * @source Jiang et al., SISPAD 41 (2014), doi:10.1109/SISPAD.2014.6931558; Jiang et al., IEEE Trans. Electron Devices 63, 1884 (2016),
 *   doi:10.1109/TED.2016.2545412
 */
export function stanfordPkuLaw(values: KnownTree): ContinuousDeviceLaw {
  const positive = Number.MIN_VALUE;
  const amplitude = numberAt(values, "current.amplitude", positive);
  const decay = numberAt(values, "current.decayLength", positive);
  const voltageScale = numberAt(values, "current.voltage", positive);
  const resistance = numberAt(values, "thermalResistance", 0);
  const low = numberAt(values, "gap.low", 0);
  const high = numberAt(values, "gap.high", low);
  const velocity = numberAt(values, "motion.velocity", 0);
  const activation = numberAt(values, "motion.activation", 0);
  const lever = numberAt(values, "motion.spacing", positive) * elementaryCharge;
  const thickness = numberAt(values, "motion.thickness", positive);
  const enhancement = numberAt(values, "motion.enhancement", 0);
  const reduction = numberAt(values, "motion.reduction", 0);
  const field = numberAt(values, "motion.leastField", 0);
  const noise = numberAt(values, "noise.velocity", 0);
  const renewal = numberAt(values, "noise.time", positive);
  const critical = numberAt(values, "noise.critical", 0);
  const smoothing = numberAt(values, "noise.smoothing", positive);
  const usual = numberAt(values, "temperature", 1);
  const [coldest, hottest] = numbersAt(values, "temperatures", 2, 2);
  return continuousLaw({
    variables: [{ name: "gap", low, high, start: numberAt(values, "gap.start", low, high) }],
    traits: [
      { name: "rate", value: 1, spread: numberAt(values, "deviceSpread.rate", 0), distribution: "log-normal" },
      {
        name: "thickness",
        value: thickness,
        spread: numberAt(values, "deviceSpread.thickness", 0),
        distribution: "log-normal",
      },
    ],
    conducting: 0,
    temperature: { usual, low: coldest!, high: hottest! },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: false,
    aging: noise > 0,
    // The gap that moves first is that of a low resistance, where gamma is largest.
    writes: (voltage) => ((enhancement - reduction * (low / 1e-9) ** 3) * Math.abs(voltage)) / thickness >= field,
    current: (voltage, x) => amplitude * Math.exp(-x[0]! / decay) * Math.sinh(voltage / voltageScale),
    rates(voltage, x, traits, { temperature }, normals, out, since) {
      const [rate, oxide] = [traits[0]!, traits[1]!];
      const gamma = enhancement - reduction * (x[0]! / 1e-9) ** 3;
      out[0] = 0;
      const excess = (gamma * Math.abs(voltage)) / (oxide * field) - 1;
      if (!(excess > 0)) return;
      const current = amplitude * Math.exp(-x[0]! / decay) * Math.sinh(voltage / voltageScale);
      const kelvin = temperature + voltage * current * resistance;
      const heat = boltzmannConstant * kelvin;
      const far = excess / onsetWidth;
      const onset = far < 1 ? 1 / (1 + Math.exp(1 / far - 1 / (1 - far))) : 1;
      const drift = Math.exp(-activation / heat) * Math.sinh((gamma * lever * voltage) / (oxide * heat));
      out[0] = -onset * rate * velocity * drift;
      if (noise === 0 || normals[0] === 0) return;
      const share = Math.sqrt(renewal / (since + renewal));
      const wandering = share * (1 - since / (2 * (since + renewal)));
      out[0] += (onset * normals[0]! * noise * wandering) / (1 + Math.exp((critical - kelvin) / smoothing));
    },
  });
}

export const stanfordPku: DeviceModel = {
  name: "stanford-pku",
  title: "Filamentary oxide cell with a tunnelling gap (Stanford-PKU)",
  kind: "dynamic",
  parameterSets: ["jiang-2014"],
  prepare(values) {
    return preparePopulation(values, {
      name: "stanford-pku",
      law: stanfordPkuLaw(values),
      programmable: true,
    });
  },
};
