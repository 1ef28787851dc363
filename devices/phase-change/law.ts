import type { KnownTree } from "../../src/ground/known.ts";
import { numberAt, numbersAt, wordAt } from "../values.ts";

/** Line in ln r, clipped: how drift exponents of doped GST depend on r = target / range. */
export interface ClippedLine {
  readonly slope: number;
  readonly intercept: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Statistics of programmed phase-change cells.
 *
 * g_P = max(0, g_T + sigma(r) N),  sigma = c0 + c1 r + c2 r^2
 * g(t) = g_P (t / t_c)^-nu,        nu = |N(mean(r), spread(r))|
 * read noise: standard deviation g(t) Q sqrt(ln((t + t_r) / 2 t_r)), Q = min(coefficient / r^power, maximum)
 *
 * with r = g_T / range, t since programming, N a standard normal.
 *
 * @source Nandakumar et al., ICECS 2019, pp. 727-730; Joshi et al., Nat. Commun. 11, 2473 (2020), doi:10.1038/s41467-020-16108-9
 */
export interface PhaseChangeLaw {
  /** S. */
  readonly range: number;
  /** S, coefficients of sigma at powers 0, 1, 2 of r. */
  readonly programmingNoise: readonly [number, number, number];
  readonly programmingNoiseScale: number;
  readonly exponentMean: ClippedLine;
  readonly exponentSpread: ClippedLine;
  readonly exponentSpreadScale: number;
  readonly readNoise: {
    readonly coefficient: number;
    readonly power: number;
    readonly maximum: number;
    readonly scale: number;
  };
  readonly readNoiseReference: "target" | "programmed";
  /** s, t_r. */
  readonly readTime: number;
  /** s, t_c. */
  readonly driftOrigin: number;
  /** s. */
  readonly firstReading: number;
}

export function lawOf(values: KnownTree): PhaseChangeLaw {
  const range = numberAt(values, "range", Number.MIN_VALUE, 1);
  const spread = numberAt(values, "spread", 0, 100);
  const toRange = range / numberAt(values, "programmingNoiseRange", Number.MIN_VALUE, 1);
  const [c0, c1, c2] = numbersAt(values, "programmingNoise", 3) as [number, number, number];
  const line = (path: string): ClippedLine => ({
    slope: numberAt(values, `${path}.slope`),
    intercept: numberAt(values, `${path}.intercept`),
    low: numberAt(values, `${path}.low`),
    high: numberAt(values, `${path}.high`, numberAt(values, `${path}.low`)),
  });
  return {
    range,
    programmingNoise: [c0 * toRange, c1 * toRange, c2 * toRange],
    programmingNoiseScale: spread,
    exponentMean: line("exponentMean"),
    exponentSpread: line("exponentSpread"),
    exponentSpreadScale: spread,
    readNoise: {
      coefficient: numberAt(values, "readNoise.coefficient", 0),
      power: numberAt(values, "readNoise.power", 0),
      maximum: numberAt(values, "readNoise.maximum", 0),
      scale: numberAt(values, "readNoise.scale", 0, 100),
    },
    readNoiseReference: wordAt(values, "readNoise.reference", ["target", "programmed"]),
    readTime: numberAt(values, "readNoise.time", Number.MIN_VALUE),
    driftOrigin: numberAt(values, "driftOrigin", Number.MIN_VALUE),
    firstReading: numberAt(values, "firstReading", Number.MIN_VALUE),
  };
}

/**
 * Variance factors of one reading at age t: total ln((t + t_r) / 2 t_r), of which the part slower than the run's window W,
 * ln((t + t_r) / W), is held and ln(W / 2 t_r) is fresh; W is limited to 2 t_r .. t + t_r.
 */
export function noiseFactors(
  age: number,
  readTime: number,
  split: { mode: string; window: number },
): { held: number; fresh: number } {
  const longest = Math.max(age + readTime, 2 * readTime);
  const window =
    split.mode === "held"
      ? 2 * readTime
      : split.mode === "perRead"
        ? longest
        : Math.min(Math.max(split.window, 2 * readTime), longest);
  return { held: Math.log(longest / window), fresh: Math.log(window / (2 * readTime)) };
}
