/** Coefficients of the survey's regression; `node` exponents are for nm, energies come out in pJ, as published. */
export interface ConverterRegression {
  readonly speedBound: number;
  readonly speedSlope: number;
  readonly resolutionBound: number;
  readonly resolutionSlope: number;
  readonly intercept: number;
  readonly nodeExponent: number;
  readonly bitsExponent: number;
  readonly percentile: number;
  /** Fewer bits cost what this many do. */
  readonly smallestBits: number;
  /** m; finer nodes cost what this one does. */
  readonly smallestNode: number;
}

/**
 * Energy of one analog-to-digital conversion, J.
 *
 * Schreier figure FoM = min(213.78 - 2.872 ln f, 128.31 + 3.2205 ceil(b)) dB, signal to noise SNDR = 6.02 b + 1.76 dB,
 * E = exp(26.05 + 1.880 ln(node/nm) - 2.829 ln b - 1.470) / (2 10^((FoM - SNDR)/10)) pJ.
 *
 * @param bits  effective bits, > 0; Infinity: no converter, no energy
 * @param rate  f, conversions per second of one converter
 * @param node  m
 * @source Andrulis et al. (2024), arXiv:2404.06553
 */
export function conversionEnergy(bits: number, rate: number, node: number, regression: ConverterRegression): number {
  if (bits === Infinity) return 0;
  const effective = Math.max(bits, regression.smallestBits);
  const nanometres = Math.max(node, regression.smallestNode) * 1e9;
  const speed = regression.speedBound + regression.speedSlope * Math.log(rate);
  const resolution = regression.resolutionBound + regression.resolutionSlope * Math.ceil(effective);
  const signalToNoise = 6.02 * effective + 1.76;
  const ideal = 1 / (2 * 10 ** ((Math.min(speed, resolution) - signalToNoise) / 10));
  const excess =
    regression.intercept +
    regression.nodeExponent * Math.log(nanometres) +
    regression.bitsExponent * Math.log(effective) +
    regression.percentile;
  return ideal * Math.exp(excess) * 1e-12;
}
