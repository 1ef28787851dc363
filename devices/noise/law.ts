import type { KnownTree } from "../../src/ground/known.ts";
import { numberAt } from "../values.ts";

/**
 * Read noise of devices, as every parameter set has it under `readNoise` (data/devices/common.yaml). A read's current is
 *
 *   I (1 + x(t) + a (s(t) - p)) + sqrt(max(white variance, floor)) N
 *
 * x is flicker noise, S_G / G^2 = flicker^2 / f between its corners; s, 0 or 1, is a trap with the mean p and the amplitude a; N is fresh at every read.
 * Both carry no mean, so that the conductance is that of the state.
 */
export interface ReadNoiseLaw {
  /** All amplitudes but the floor's are multiplied by it; 0: no noise at all, no floor either. */
  readonly scale: number;
  /** Standard deviation over the mean of a read of `whiteTime` s; it falls with the root of a read's length. */
  readonly white: number;
  readonly whiteTime: number;
  /** S, the part of that standard deviation which is the same at every conductance, added to it. */
  readonly whiteConductance: number;
  readonly flicker: number;
  /** s, the shortest and the longest time constant. */
  readonly flickerFrom: number;
  readonly flickerTo: number;
  readonly telegraph: TelegraphLaw;
  /** Share of full shot noise. */
  readonly fano: number;
}

export interface TelegraphLaw {
  /** Of devices that have a trap. */
  readonly share: number;
  /** Relative difference of the conductances of its two levels: median, and standard deviation of the logarithm. */
  readonly amplitude: number;
  readonly amplitudeSpread: number;
  /** s: both levels' mean dwell times lie between, uniformly in the logarithm and apart from each other. */
  readonly fastest: number;
  readonly slowest: number;
}

export function readNoiseLaw(values: KnownTree): ReadNoiseLaw {
  const number = (key: string, low: number, high: number): number => numberAt(values, `readNoise.${key}`, low, high);
  const [shortest, longest] = [1e-15, 1e12];
  const flickerFrom = number("flickerFrom", shortest, longest);
  const fastest = number("telegraph.fastest", shortest, longest);
  return {
    scale: number("scale", 0, 100),
    white: number("white", 0, 10),
    whiteTime: number("whiteTime", shortest, longest),
    whiteConductance: number("whiteConductance", 0, 1),
    flicker: number("flicker", 0, 10),
    flickerFrom,
    flickerTo: number("flickerTo", flickerFrom, longest),
    telegraph: {
      share: number("telegraph.share", 0, 1),
      amplitude: number("telegraph.amplitude", 0, 1),
      amplitudeSpread: number("telegraph.amplitudeSpread", 0, 10),
      fastest,
      slowest: number("telegraph.slowest", fastest, longest),
    },
    fano: number("fano", 0, 1),
  };
}
