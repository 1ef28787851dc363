/** Coefficients as the sources print them, by the paths of the parameter sets; conductances in uS. */
export type Coefficients = Readonly<Record<string, number>>;

const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

const listed = (path: string, numbers: readonly number[]): Coefficients =>
  Object.fromEntries(numbers.map((value, i) => [`${path}.${i}`, value]));

const bent = (path: string, [slope, intercept, low, high]: readonly number[], from: number, polynomial: number[]) => ({
  [`${path}.slope`]: slope!,
  [`${path}.intercept`]: intercept!,
  [`${path}.low`]: low!,
  [`${path}.high`]: high!,
  [`${path}.from`]: from,
  ...listed(`${path}.polynomial`, polynomial),
});

// Nandakumar et al., ICECS 2019, as used by Joshi et al. 2020.
const joshi: Coefficients = {
  range: 25,
  ...listed("programmingNoise", [0.26348, 1.965, -1.1731]),
  "exponentMean.slope": -0.0155,
  "exponentMean.intercept": 0.0244,
  "exponentMean.low": 0.049,
  "exponentMean.high": 0.1,
  "exponentSpread.slope": -0.0125,
  "exponentSpread.intercept": -0.0059,
  "exponentSpread.low": 0.008,
  "exponentSpread.high": 0.045,
  "readNoise.coefficient": 0.0088,
  "readNoise.power": 0.65,
  "readNoise.maximum": 0.2,
};

// The fits of the chip of Le Gallo et al. 2023: two devices a polarity, then one.
const mean = bent("exponentMean", [-0.0387, -0.0182, 0.072, 0.13], 0.0945, [0.0736, -0.0126, -0.0436]);
const pair: Coefficients = {
  range: 20.7,
  ...listed("programmingNoise", [0.16603222, 4.71806468, -8.48101252, 4.68961419]),
  ...mean,
  ...bent("exponentSpread", [-0.0117, -0.0057, 0.0091, 0.04], 0.3055, [0.0073, 0.0093, -0.0118]),
  ...bent("readNoise", [-0.0117, -0.0069, 0.015, 0.04], 0.16, [0.0123, 0.0211, -0.028, 0.0069]),
};
const single: Coefficients = {
  range: 10.35,
  ...listed("programmingNoise", [0.15781817, 2.32443916, -2.16310839, 0.68841818]),
  ...mean,
  ...bent("exponentSpread", [-0.012, -0.0023, 0.0124, 0.04], 0.3039, [0.0104, 0.0116, -0.0165]),
  ...bent("readNoise", [-0.0078, 0.0038, 0.0179, 0.04], 0.1591, [0.0088, 0.0768, -0.1352, 0.0664]),
};

export interface PublishedSet {
  readonly coefficients: Coefficients;
  /** s, of the first reading. */
  readonly firstReading: number;
  /** s, t_r. */
  readonly readTime: number;
  readonly readNoiseReference: "target" | "programmed";
  readonly devicesPerCell: number;
  /** uS, where distributions are taken: both sides of each bend, the clips, the top, a reset cell. */
  readonly targets: readonly number[];
  /** Lower clips that their branch of the curve never reaches: without effect at any r, and by 5 % less still so. */
  readonly idle: readonly string[];
  /** Where a bend may move by 5 % and no distribution would show it: both branches agree within 0.3 % there. */
  readonly smooth: readonly string[];
}

const aroundBends = (range: number, bends: readonly number[]): number[] =>
  bends.flatMap((r) => [0.98 * r * range, 1.02 * r * range]);

export const publishedSets: Readonly<Record<string, PublishedSet>> = {
  "joshi-2020": {
    coefficients: joshi,
    firstReading: 20,
    readTime: 250e-9,
    readNoiseReference: "target",
    devicesPerCell: 1,
    targets: [25, 12.5, 5, 2.5, 1.25, 0.5, 0.25, 0],
    idle: [],
    smooth: [],
  },
  "le-gallo-2023": {
    coefficients: pair,
    firstReading: 300,
    readTime: 512e-9,
    readNoiseReference: "programmed",
    devicesPerCell: 2,
    targets: [20.7, 14, 9, ...aroundBends(20.7, [0.3055, 0.16, 0.0945]), 0.8, 0.2, 0],
    idle: ["exponentMean.low"],
    smooth: [],
  },
  "le-gallo-2023-single": {
    coefficients: single,
    firstReading: 200,
    readTime: 512e-9,
    readNoiseReference: "programmed",
    devicesPerCell: 1,
    targets: [10.35, 7, 4.5, ...aroundBends(10.35, [0.3039, 0.1591, 0.0945]), 0.4, 0.1, 0],
    idle: ["exponentMean.low", "readNoise.low"],
    smooth: ["exponentSpread.from"],
  },
};

/** Sigma in uS, mean and spread of the drift exponent, and Q, of a conductance in uS: the formulas as printed. */
export function statisticsOf(c: Coefficients, conductance: number) {
  const r = conductance / c.range!;
  const polynomial = (path: string): number =>
    [0, 1, 2, 3].reduce((sum, power) => sum + (c[`${path}.${power}`] ?? 0) * r ** power, 0);
  const curve = (path: string): number => {
    if (r >= (c[`${path}.from`] ?? Infinity)) return polynomial(`${path}.polynomial`);
    const logarithm = c[`${path}.slope`]! * Math.log(r) + c[`${path}.intercept`]!;
    return clip(logarithm, c[`${path}.low`]!, c[`${path}.high`]!);
  };
  return {
    sigma: polynomial("programmingNoise"),
    mean: curve("exponentMean"),
    spread: curve("exponentSpread"),
    amplitude:
      "readNoise.power" in c
        ? Math.min(c["readNoise.coefficient"]! / r ** c["readNoise.power"]!, c["readNoise.maximum"]!)
        : curve("readNoise"),
  };
}
