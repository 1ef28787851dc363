import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, preparePopulation } from "../population/index.ts";
import { numberAt } from "../values.ts";

/** Motion at one polarity: speed A (e^(|V|/t) - 1) and the resistance r0 + r1 V that it leads to. */
interface Motion {
  readonly rate: number;
  readonly voltage: number;
  readonly boundary: number;
  readonly boundarySlope: number;
}

/**
 * Titanium dioxide device by its measured speeds: the state is the resistance R, and
 *
 *   I = a sinh(b V) / R
 *   dR/dt = A_p (e^(|V|/t_p) - 1) (r_p(V) - R)^2 for V > 0 while R > r_p(V), A_n, t_n and r_n for V < 0 while R < r_n(V),
 *   r(V) = r0 + r1 V.
 *
 * With the published t below 0 the exponential falls, so that speeds saturate above some 50 mV; A_p (e^(|V|/t_p) - 1) is then below 0: a
 * positive voltage lowers the resistance towards r_p, a negative one raises it towards r_n.
 *
 * @source Messaris et al., IEEE Trans. CAD 37, 3151 (2018), doi:10.1109/TCAD.2018.2791468; parameters for arXiv:2012.02267 (2020)
 */
export function tio2Law(values: KnownTree): ContinuousDeviceLaw {
  const motion = (path: string): Motion => ({
    rate: numberAt(values, `${path}.rate`),
    voltage: numberAt(values, `${path}.voltage`),
    boundary: numberAt(values, `${path}.boundary`),
    boundarySlope: numberAt(values, `${path}.boundarySlope`),
  });
  const [lowering, raising] = [motion("lowering"), motion("raising")];
  const amplitude = numberAt(values, "current.amplitude", Number.MIN_VALUE);
  const slope = numberAt(values, "current.slope", Number.MIN_VALUE);
  const low = numberAt(values, "resistance.low", Number.MIN_VALUE);
  const high = numberAt(values, "resistance.high", low);
  const least = numberAt(values, "leastWrite", 0);
  const cycleSpread = numberAt(values, "cycleSpread", 0);
  const usual = numberAt(values, "temperature", 1);
  return continuousLaw({
    variables: [{ name: "resistance", low, high, start: numberAt(values, "resistance.start", low, high) }],
    traits: [{ name: "rate", value: 1, spread: numberAt(values, "deviceSpread.rate", 0), distribution: "log-normal" }],
    conducting: 0,
    temperature: { usual, low: usual, high: usual },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: false,
    writes: (voltage) => Math.abs(voltage) >= least,
    current: (voltage, x) => (amplitude / x[0]!) * Math.sinh(slope * voltage),
    rates(voltage, x, traits, _surroundings, normals, out) {
      out[0] = 0;
      if (voltage === 0) return;
      const { rate, voltage: scale, boundary, boundarySlope } = voltage > 0 ? lowering : raising;
      const way = boundary + boundarySlope * voltage - x[0]!;
      // Only the side of the boundary that this polarity leads away from.
      if (voltage > 0 ? way >= 0 : way <= 0) return;
      const own = traits[0]! * Math.max(0, 1 + cycleSpread * normals[0]!);
      out[0] = own * rate * Math.expm1(Math.abs(voltage) / scale) * way * way;
    },
  });
}

export const tio2: DeviceModel = {
  name: "tio2",
  title: "Titanium dioxide device by its measured switching speeds",
  kind: "dynamic",
  parameterSets: ["southampton-2020"],
  prepare(values) {
    return preparePopulation(values, { name: "tio2", law: tio2Law(values), programmable: true });
  },
};
