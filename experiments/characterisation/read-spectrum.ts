import { boltzmannConstant } from "../../src/ground/constants.ts";
import type { Characterisation } from "./characterise.ts";
import type { Passage } from "./passages.ts";
import { gatheredByDecade, type SpectralPoint, welchSpectrum } from "./spectrum.ts";

/** Spectrum of the relative current of a train of reads, 1/Hz, beside what the set says of it. */
export interface ReadSpectrum {
  readonly measured: readonly SpectralPoint[];
  /** Level of the noise that is fresh at every read; null where the set does not say. */
  readonly white: number | null;
  /** The density at 1 Hz of noise that goes with 1/f; null where the set has none. */
  readonly flicker: number | null;
  /** Thermal noise of a conductor of the mean conductance. */
  readonly thermal: number;
  readonly devices: number;
}

/** Devices whose spectra are averaged at most. */
const mostDevices = 500;

/** Mean spectrum over devices; null where the train is too short, or nothing flows. */
export function readSpectrum(
  { course, set, protocol }: Pick<Characterisation, "course" | "set" | "protocol">,
  { step, from, to }: Passage,
): ReadSpectrum | null {
  if (step.kind !== "read" || to - from < 64) return null;
  const devices = Math.min(course.devices, mostDevices);
  const sums: { frequency: number; density: number }[] = [];
  let [used, conductance] = [0, 0];
  for (let device = 0; device < devices; device++) {
    const current = Float64Array.from(
      { length: to - from },
      (_, k) => course.current[(from + k) * course.devices + device]!,
    );
    const mean = current.reduce((sum, value) => sum + value, 0) / current.length;
    if (mean === 0) continue;
    used++;
    conductance += Math.abs(mean / step.voltage);
    const relative = current.map((value) => value / mean);
    for (const [k, { frequency, density }] of welchSpectrum(relative, step.interval).entries()) {
      const sum = sums[k] ?? { frequency, density: 0 };
      sums[k] = sum;
      sum.density += density;
    }
  }
  if (used === 0 || sums.every(({ density }) => density === 0)) return null;
  const value = (name: string): number | null => {
    const found = set.parameters.find((parameter) => parameter.name === `readNoise.${name}`)?.value;
    return typeof found === "number" ? found : null;
  };
  const scale = value("scale") ?? 1;
  const [white, whiteTime, flicker] = [value("white"), value("whiteTime"), value("flicker")];
  // A variance that is fresh at every sample fills the band up to half a cycle a sample.
  const level = (variance: number): number => 2 * step.interval * variance;
  const kelvin = step.temperature ?? protocol.temperature ?? 300;
  return {
    measured: gatheredByDecade(sums.map((sum) => ({ ...sum, density: sum.density / used }))),
    white: white && whiteTime ? level((scale * white) ** 2 * (whiteTime / step.width)) : null,
    flicker: flicker ? (scale * flicker) ** 2 : null,
    thermal: level((2 * boltzmannConstant * kelvin * used) / (conductance * step.width * step.voltage ** 2)),
    devices: used,
  };
}
