import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import type { NoiseSplit } from "../device.ts";
import { numberAt, wholeNumberAt, wordAt } from "../values.ts";
import { type Cubic, cubicOf, curveOf, powerCurveOf } from "./curve.ts";
import { exponentTableOf } from "./exponent-table.ts";
import type { ProgrammingLaw } from "./programming.ts";

/**
 * Statistics of programmed phase-change cells.
 *
 * g_P = max(0, g_T + sigma(r) N),  sigma a polynomial in r
 * g(t) = g_P (t / t_c)^-nu,        nu = |N(mean(r), spread(r))|
 * read noise: standard deviation g(t) Q(r) sqrt(ln((t + t_r) / 2 t_r))
 *
 * or mean and spread of nu from tables over r (exponent-table.ts),
 * with r = g_T / range, t since programming, N a standard normal; the forms of mean, spread and Q are curve.ts's, and which of
 * them a parameter set means is seen from its keys. Where the published statistics are those of several devices in parallel
 * (the two of a polarity on the chip of Le Gallo 2023), a cell is their sum.
 *
 * @source Nandakumar et al., ICECS 2019, pp. 727-730; Joshi et al., Nat. Commun. 11, 2473 (2020), doi:10.1038/s41467-020-16108-9;
 *   Le Gallo et al., Nat. Electron. 6, 680 (2023), doi:10.1038/s41928-023-01010-1
 */
export interface PhaseChangeLaw extends ProgrammingLaw {
  /** Devices whose conductances a cell sums. */
  readonly devicesPerCell: number;
  /** Standard deviation from device to device of the factor that reversing the read voltage puts on the conductance; mean 1. */
  readonly polaritySpread: number;
  /** s, t_r. */
  readonly readTime: number;
  /** s, t_c. */
  readonly driftOrigin: number;
  /** s. */
  readonly firstReading: number;
}

/** Where a table takes a curve's place. */
const none = {
  slope: 0,
  intercept: 0,
  low: 0,
  high: 0,
  from: Number.POSITIVE_INFINITY,
  polynomial: [0, 0, 0, 0],
} as const;

export function lawOf(values: KnownTree): PhaseChangeLaw {
  const range = numberAt(values, "range", Number.MIN_VALUE, 1);
  const spread = numberAt(values, "spread", 0, 100);
  const toRange = range / numberAt(values, "programmingNoiseRange", Number.MIN_VALUE, 1);
  const [meanTable, spreadTable] = [exponentTableOf(values, "exponentMean"), exponentTableOf(values, "exponentSpread")];
  const exponentMean = meanTable ? none : curveOf(values, "exponentMean");
  const exponentSpread = spreadTable ? none : curveOf(values, "exponentSpread");
  return {
    range,
    devicesPerCell: wholeNumberAt(values, "devicesPerCell", 1, 16),
    programmingNoise: cubicOf(values, "programmingNoise").map((c) => c * toRange) as unknown as Cubic,
    programmingNoiseScale: spread,
    exponentMean,
    exponentSpread,
    tabledExponents:
      meanTable || spreadTable ? { mean: meanTable ?? exponentMean, spread: spreadTable ?? exponentSpread } : null,
    exponentSpreadScale: spread,
    readNoise: powerCurveOf(values, "readNoise"),
    readNoiseScale: numberAt(values, "readNoise.scale", 0, 100),
    readNoiseReference: wordAt(values, "readNoise.reference", ["target", "programmed"]),
    polaritySpread: leafAt(values, "polaritySpread") ? numberAt(values, "polaritySpread", 0, 1) * spread : 0,
    readTime: numberAt(values, "readNoise.time", Number.MIN_VALUE),
    driftOrigin: numberAt(values, "driftOrigin", Number.MIN_VALUE),
    firstReading: numberAt(values, "firstReading", Number.MIN_VALUE),
  };
}

/** What a reading of a cell divides at: the window, s, limited to 2 t_r .. t + t_r, and t + t_r, the slowest that a cell of age t has shown. */
export function noiseWindow(age: number, readTime: number, split: NoiseSplit): { window: number; longest: number } {
  const longest = Math.max(age + readTime, 2 * readTime);
  if (split.mode === "held") return { window: 2 * readTime, longest };
  if (split.mode === "perRead") return { window: longest, longest };
  return { window: Math.min(Math.max(split.window, 2 * readTime), longest), longest };
}

/**
 * Variance factors of one reading at age t: total ln((t + t_r) / 2 t_r), of which the part slower than the window W, ln((t + t_r) / W), is held
 * and ln(W / 2 t_r) is fresh.
 */
export function noiseFactors(age: number, readTime: number, split: NoiseSplit): { held: number; fresh: number } {
  const { window, longest } = noiseWindow(age, readTime, split);
  return { held: Math.log(longest / window), fresh: Math.log(window / (2 * readTime)) };
}
