import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, preparePopulation } from "../population/index.ts";
import { numberAt } from "../values.ts";

// Variables, in this order.
const filament = 0;
const lifetime = 1;

/** Share of a full neck over which surface tension takes over from retraction: between the two a filament may stay just bridging. */
const bridging = 1e-4;

/**
 * Threshold switch of a metal that diffuses back. One number y says where its filament is: -1 retracted, 0 just bridging, 1 with a full neck.
 *
 *   a = rate sinh(|V| / V0)
 *   dy/dt = a - (y + 1) / t_retract     over the gap: a tip that a voltage draws across and that goes back by itself
 *   dy/dt = a - 1 / t_neck              bridged: surface tension thins the neck
 *   G = G_off + (G_on - G_off) y^p      bridged, else G_off
 *
 * So it switches on after a delay that falls exponentially with the voltage, holds above the voltage at which a outweighs surface tension, and
 * without it goes off abruptly after a delay: surface diffusion takes the fourth power of a neck's radius down at a constant rate, and
 * the conductance goes with the radius, p = 1/4, whose fall is steepest at its end. Delays differ from pulse to pulse: log-normal factors of a and of
 * t_neck, the latter kept until the next pulse.
 *
 * @source form after Wang et al., Nat. Mater. 16, 101 (2017), doi:10.1038/nmat4756; neck: Nichols & Mullins, Trans. Metall. Soc. AIME 233, 1840 (1965)
 */
export function diffusiveLaw(values: KnownTree): ContinuousDeviceLaw {
  const positive = (path: string): number => numberAt(values, path, Number.MIN_VALUE);
  const off = positive("offConductance");
  const on = numberAt(values, "onConductance", off);
  const delay = positive("delay.time");
  const scale = positive("delay.scale");
  const rate = 1 / (delay * Math.sinh(positive("delay.voltage") / scale));
  const delaySpread = numberAt(values, "delay.spread", 0, 5);
  const retraction = positive("retraction");
  const power = numberAt(values, "relaxation.power", 0.01, 1);
  // G has fallen to half where y^p has.
  const neck = positive("relaxation.halfLife") / (1 - 0.5 ** (1 / power));
  const neckSpread = numberAt(values, "relaxation.spread", 0, 5);
  const deviceSpread = numberAt(values, "deviceSpread", 0);
  const usual = numberAt(values, "temperature", 1);

  const conductance = (y: number): number => off + (y > 0 ? (on - off) * y ** power : 0);
  /** V from which a filament is held. */
  const holding = scale * Math.asinh(1 / (neck * rate));
  const writes = (voltage: number): boolean => Math.abs(voltage) > holding;
  const law = continuousLaw({
    variables: [
      { name: "filament", low: -1, high: 1, start: -1 },
      { name: "lifetime", low: 1e-6, high: 1e6, start: 1 },
    ],
    traits: [
      { name: "growth", value: 1, spread: deviceSpread, distribution: "log-normal" },
      { name: "relaxation", value: 1, spread: deviceSpread, distribution: "log-normal" },
    ],
    conducting: filament,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 2,
    precision: "float64",
    volatile: true,
    writes,
    current: (voltage, x) => voltage * conductance(x[filament]!),
    rates(voltage, x, traits, _surroundings, normals, out) {
      const y = x[filament]!;
      const growth = traits[0]! * rate * Math.sinh(Math.abs(voltage) / scale) * Math.exp(-delaySpread * normals[0]!);
      const retracting = (Math.min(0, y) + 1) / retraction;
      const thinning = 1 / (neck * traits[1]! * x[lifetime]!);
      const bridged = Math.min(1, Math.max(0, y / bridging));
      out[filament] = growth - retracting - bridged * (thinning - retracting);
      out[lifetime] = 0;
    },
  });
  return {
    ...law,
    evolve(x, stretch, normals, traits) {
      const largest = Math.max(Math.abs(stretch.from), Math.abs(stretch.to));
      if (writes(largest)) x[lifetime] = Math.exp(neckSpread * normals[1]!);
      return law.evolve(x, stretch, normals, traits);
    },
    relax(x, seconds, _temperature, traits) {
      const thinning = neck * traits[1]! * x[lifetime]!;
      const bridged = Math.min(seconds, Math.max(0, x[filament]!) * thinning);
      if (bridged === seconds) {
        x[filament]! -= seconds / thinning;
        return;
      }
      x[filament] = (Math.min(0, x[filament]!) + 1) * Math.exp(-(seconds - bridged) / retraction) - 1;
    },
  };
}

export const diffusive: DeviceModel = {
  name: "diffusive",
  title: "Diffusive threshold switch",
  kind: "volatile",
  parameterSets: ["silver-2.8-microseconds", "silver-36-microseconds"],
  prepare: (values) => preparePopulation(values, { name: "diffusive", law: diffusiveLaw(values), programmable: false }),
};
