import type { KnownTree } from "../../src/ground/known.ts";
import type { Numbers, Trait } from "../population/index.ts";
import { numbersAt, wholeNumberAt } from "../values.ts";

/** Of a switching cycle: resistance of the high state, ohm; SET voltage, V; resistance of the low state, ohm; RESET voltage, V. */
export const [highResistance, setVoltage, lowResistance, resetVoltage] = [0, 1, 2, 3];

export const features = 4;

/** How the features of one cycle follow those before it, and what they are in a device. */
export interface FeatureModel {
  /** Cycles that are remembered. */
  readonly order: number;
  /** Traits that make a device: its own place in the mixture, and its own normals. */
  readonly traits: readonly Trait[];
  /**
   * Moves the history one cycle on: x_n = B e + A_1 x_(n-1) + ... + A_p x_(n-p), e standard normal.
   *
   * @param history  x of the newest cycle first, [order x 4]
   */
  advance(history: Numbers, normals: Numbers): void;
  /** Features of the newest cycle in this device: m + s Gamma(x) for each, the first one as a logarithm to the base 10. */
  physical(history: Numbers, traits: Numbers, out: Numbers): void;
}

/** A trait whose value is `centre` + its own normal / `centre`: both signs, though traits end at 0. */
const centre = 10;

/**
 * The features' law. A device's means m and standard deviations s of the four features are drawn together from a mixture of three normal
 * distributions; what differs from cycle to cycle is normal and autoregressive, and is bent by a polynomial Gamma into the measured form.
 *
 * @source Hennen et al., Front. Neurosci. 16, 941753 (2022), doi:10.3389/fnins.2022.941753; Hennen et al., IEEE Trans. Electron Devices
 *   (2024), doi:10.1109/TED.2024.3427616
 */
export function featureModel(values: KnownTree): FeatureModel {
  const order = wholeNumberAt(values, "order", 1, 100);
  const width = features * (order + 1);
  // Rows of [B, A_p, ..., A_1].
  const matrix = list(values, "autoregression", features * width);
  const terms = wholeNumberAt(values, "bendTerms", 1, 20);
  const bend = list(values, "bend", features * terms);
  const weights = numbersAt(values, "devices.weights", 1, 20);
  const components = weights.length;
  const means = list(values, "devices.means", 2 * features * components);
  const factors = list(values, "devices.factors", 2 * features * components * 2 * features);
  const next = new Float64Array(features);
  const own = new Float64Array(2 * features);

  /** Means, then standard deviations, of the device with such traits. */
  const ofDevice = (traits: Numbers): void => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let [component, below] = [0, weights[0]!];
    while (component < components - 1 && (traits[0]! / 2) * total > below) below += weights[++component]!;
    for (let row = 0; row < 2 * features; row++) {
      own[row] = means[row * components + component]!;
      for (let column = 0; column <= row; column++) {
        const factor = factors[(row * components + component) * 2 * features + column]!;
        own[row]! += factor * centre * (traits[1 + column]! - centre);
      }
    }
  };

  return {
    order,
    traits: [
      { name: "component", value: 1, spread: 1, distribution: "uniform" },
      ...Array.from({ length: 2 * features }, (_, k): Trait => {
        return { name: `own ${k}`, value: centre, spread: 1 / centre ** 2, distribution: "normal" };
      }),
    ],
    advance(history, normals) {
      for (let row = 0; row < features; row++) {
        let sum = 0;
        for (let column = 0; column < features; column++) sum += matrix[row * width + column]! * normals[column]!;
        for (let lag = 1; lag <= order; lag++) {
          const first = row * width + features * (order + 1 - lag);
          for (let column = 0; column < features; column++) {
            sum += matrix[first + column]! * history[features * (lag - 1) + column]!;
          }
        }
        next[row] = sum;
      }
      history.copyWithin(features, 0, features * (order - 1));
      history.set(next);
    },
    physical(history, traits, out) {
      ofDevice(traits);
      for (let feature = 0; feature < features; feature++) {
        const bent = polynomial(bend.slice(feature * terms, (feature + 1) * terms), history[feature]!);
        out[feature] = own[feature]! + own[features + feature]! * bent;
      }
      out[highResistance] = 10 ** out[highResistance]!;
    },
  };
}

function list(values: KnownTree, path: string, count: number): readonly number[] {
  return numbersAt(values, path, count, count);
}

/** Highest power first, as the source has them. */
export function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
