/**
 * Label of a curve's non-linearity over the largest distance between the curve and its chord, as a share of the whole rise: all thirteen rows
 * of NeuroSim's table have this ratio within 1e-5.
 */
const labelOverDistance = 10.10152;

/** The largest label that a curve can have, short of a step. */
const largestLabel = 10;

/**
 * How fast NeuroSim's conductance curve bends: A over the number of pulses, for
 *
 *   G(P) = B (1 - exp(-P / A)) + G_min,   B = (G_max - G_min) / (1 - exp(-P_max / A)).
 *
 * @param label  NL in 0 .. 10, both exclusive
 * @returns A / P_max, dimensionless
 * @source Chen, Peng & Yu, IEEE Trans. Comput.-Aided Des. 37, 3067 (2018), doi:10.1109/TCAD.2018.2789723
 */
export function bendOfLabel(label: number): number {
  if (!(label > 0 && label < largestLabel)) {
    throw new Error(`a non-linearity of ${label}, expected more than 0 and less than ${largestLabel}`);
  }
  // The label falls as the bend rises; both are taken by their logarithms.
  let [low, high] = [Math.log(1e-3), Math.log(1e4)];
  for (let halving = 0; halving < 80; halving++) {
    const middle = (low + high) / 2;
    if (labelOfBend(Math.exp(middle)) > label) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** The inverse of `bendOfLabel`: the label of a curve. @param bend  A / P_max, > 0 */
function labelOfBend(bend: number): number {
  // y(x) - x with y = (1 - e^{-x / bend}) / (1 - e^{-1 / bend}) is largest where y' = 1.
  const whole = -Math.expm1(-1 / bend);
  const place = -bend * Math.log(bend * whole);
  return labelOverDistance * (-Math.expm1(-place / bend) / whole - place);
}

/** One direction of a NeuroSim curve as a step linear in the state. */
export interface ExponentialStep {
  /** Share of what is left to `reach` that one pulse covers. */
  readonly share: number;
  /** Where the curve would end, in units of the window, from the window's start; > 1. */
  readonly reach: number;
}

/** The step of which `pulses` pulses traverse the window along a curve of that label. */
export function exponentialStep(label: number, pulses: number): ExponentialStep {
  const bend = bendOfLabel(label);
  return { share: -Math.expm1(-1 / (bend * pulses)), reach: -1 / Math.expm1(-1 / bend) };
}
