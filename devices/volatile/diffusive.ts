import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, preparePopulation } from "../population/index.ts";
import { numberAt } from "../values.ts";

/** Of y: gaps narrower than `touching` feel surface tension already, and necks below `thin` conduct in proportion to y: nothing jumps. */
const touching = 1e-3;
const thin = 1e-4;

// Variables, in this order.
const filament = 0;
const lifetime = 1;

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

  const conductance = (y: number): number => {
    if (y <= 0) return off;
    return off + (on - off) * (y < thin ? (y / thin) * thin ** power : y ** power);
  };
  /** 1/s, of a tip that just does not touch. */
  const parting = (1 - touching) / retraction;
  /** -dy/dt without a voltage. @param thinning  1/s, of a neck */
  const back = (y: number, thinning: number): number => {
    if (y >= 0) return thinning;
    if (y <= -touching) return (y + 1) / retraction;
    return thinning + (parting - thinning) * (y / touching) ** 2;
  };
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
      out[filament] = growth - back(y, 1 / (neck * traits[1]! * x[lifetime]!));
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
      const thinning = 1 / (neck * traits[1]! * x[lifetime]!);
      let left = seconds;
      /** Goes on for as long as it takes at most; returns whether time is over. */
      const spend = (needed: number, after: (spent: number) => number): boolean => {
        const spent = Math.min(left, needed);
        x[filament] = after(spent);
        left -= spent;
        return left <= 0;
      };
      const y = x[filament]!;
      if (y > 0 && spend(y / thinning, (spent) => y - thinning * spent)) return;
      const gap = Math.min(0, y);
      if (gap > -touching) {
        // With s = -y / touching, ds/dt is quadratic in s: its curve's own parameter goes at a constant rate.
        const curve = curveOf(1 - parting / thinning);
        const [pace, begun] = [thinning / touching, curve.parameterAt(-gap / touching)];
        const needed = (curve.parameterAt(1) - begun) / pace;
        if (spend(needed, (spent) => -touching * curve.at(begun + pace * spent))) return;
      }
      const tip = Math.min(-touching, y);
      spend(left, (spent) => (tip + 1) * Math.exp(-spent / retraction) - 1);
    },
  };
}

/** s(p) with ds/dp = 1 - bend s^2 and s(0) = 0, bend < 1, and its inverse. */
function curveOf(bend: number): { at: (p: number) => number; parameterAt: (s: number) => number } {
  const root = Math.sqrt(Math.abs(bend));
  if (root < 1e-8) return { at: (p) => p, parameterAt: (s) => s };
  if (bend > 0) return { at: (p) => Math.tanh(root * p) / root, parameterAt: (s) => Math.atanh(root * s) / root };
  return { at: (p) => Math.tan(root * p) / root, parameterAt: (s) => Math.atan(root * s) / root };
}

export const diffusive: DeviceModel = {
  name: "diffusive",
  title: "Diffusive threshold switch",
  kind: "volatile",
  parameterSets: ["silver-2.8-microseconds", "silver-36-microseconds"],
  prepare: (values) => preparePopulation(values, { name: "diffusive", law: diffusiveLaw(values), programmable: false }),
};
