import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type DeviceLaw, limitedVoltage, type Numbers, preparePopulation, workBetween } from "../population/index.ts";
import { numberAt } from "../values.ts";

// Variables, in this order.
const utilisation = 0;
const available = 1;
const released = 2;
const age = 3;

/**
 * A synapse with short-term plasticity. A pulse above the threshold is a spike, at its start, whatever its length:
 *
 *   u <- u + U (1 - u),  released = u x,  x <- x (1 - u);     du/dt = (U - u) / tau_f,  dx/dt = (1 - x) / tau_d
 *   I = G released V during the spike, G u x V below the threshold.
 *
 * One of its two states is the dynamic memristor (dynamic-memristor.ts) under equal pulses of V and width w, at any intervals. There a pulse
 * takes the state's distance h from rest, over that of its goal, to M h + 1 - M with M = (r - k)^(w / step), and a pause takes it down
 * with -step / ln r. Here u = U + (1 - U) h' gives h' + U (1 - h') at a spike and E = exp(-w / tau_f) for the rest of its width. With
 *
 *   tau_f = -step / ln r,  U = 1 - ((r - k) / r)^(w / step),  h = (1 - M) / (E - M) h'
 *
 * both are the same: positive pulses facilitate, with x held at 1 by a short tau_d. Negative ones depress: 1 - x in place of h',
 * tau_d in place of tau_f, and a short tau_f, which holds u at a spike at U (2 - U), in place of U above.
 *
 * @source Tsodyks, Pawelzik, Markram, Neural Comput. 10, 821 (1998), doi:10.1162/089976698300017502
 */
export function tsodyksMarkramLaw(values: KnownTree): DeviceLaw {
  const positive = (path: string): number => numberAt(values, path, Number.MIN_VALUE);
  const use = numberAt(values, "utilisation", Number.MIN_VALUE, 1);
  const recovery = positive("recoveryTime");
  const facilitation = positive("facilitationTime");
  const conductance = positive("conductance");
  const threshold = positive("threshold");
  const usual = numberAt(values, "temperature", 1);

  const spikes = (voltage: number): boolean => voltage >= threshold;
  const recover = (x: Numbers, seconds: number): void => {
    x[utilisation] = use + (x[utilisation]! - use) * Math.exp(-seconds / facilitation);
    x[available] = 1 + (x[available]! - 1) * Math.exp(-seconds / recovery);
    x[age]! += seconds;
  };
  const current = (voltage: number, x: Numbers, traits: Numbers): number =>
    traits[0]! * voltage * (spikes(voltage) ? x[released]! : x[utilisation]! * x[available]!);
  return {
    variables: [
      { name: "utilisation", low: 0, high: 1, start: use },
      { name: "available", low: 0, high: 1, start: 1 },
      { name: "released", low: 0, high: 1, start: use * (2 - use) },
      { name: "age", low: 0, high: Number.POSITIVE_INFINITY, start: Number.POSITIVE_INFINITY },
    ],
    traits: [
      {
        name: "conductance",
        value: conductance,
        spread: numberAt(values, "deviceSpread", 0),
        distribution: "log-normal",
      },
    ],
    conducting: available,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 0,
    precision: "float64",
    writes: spikes,
    current,
    evolve(x, stretch, _normals, traits) {
      const { duration, since, compliance } = stretch;
      if (duration <= 0) return 0;
      // A pulse in pieces spikes once: after it, the age is no more than the pulse has lasted.
      if (spikes(Math.max(stretch.from, stretch.to)) && !(since > 0 && x[age]! <= since)) {
        x[utilisation]! += use * (1 - x[utilisation]!);
        x[released] = x[utilisation]! * x[available]!;
        x[available]! *= 1 - x[utilisation]!;
        x[age] = 0;
      }
      const before = x.slice();
      recover(x, duration);
      const limited = (voltage: number) => limitedVoltage({ current }, voltage, compliance, before, traits, stretch);
      const across = { ...stretch, from: limited(stretch.from), to: limited(stretch.to) };
      return workBetween({ current }, before, x, across, traits);
    },
    relax: (x, seconds) => recover(x, seconds),
  };
}

export const tsodyksMarkram: DeviceModel = {
  name: "tsodyks-markram",
  title: "Synapse with short-term plasticity (Tsodyks and Markram)",
  kind: "volatile",
  parameterSets: ["depressing", "facilitating"],
  prepare: (values) =>
    preparePopulation(values, { name: "tsodyks-markram", law: tsodyksMarkramLaw(values), programmable: false }),
};
