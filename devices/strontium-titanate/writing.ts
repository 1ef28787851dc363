import type { Numbers, Stretch } from "../population/index.ts";
import { gaussIntegral } from "../population/index.ts";
import type { Components } from "./components.ts";

/** What a device brings to a write. */
export interface Writer {
  /** S, conductance besides the components. */
  readonly offset: number;
  /** Factor on its steps, the pulse's own spread included. */
  readonly gain: number;
  /** S, [low, high] of the lasting, the fast and the slow component in turn. */
  readonly bounds: Numbers;
}

/** Exponents and multiples of V_a that one panel of the quadrature spans at most. */
const panelExponents = 5;
const panelVolts = 2;

const target = new Float64Array(3);
const rate = new Float64Array(3);

/**
 * Writes the components of x = [lasting, fast, slow] through a stretch above the threshold, of one sign. In the pulse's own time
 * phi = t^b each component goes towards the end of its range,
 *
 *   dF_k / dphi = share_k A sinh(|V| / V_a) (1 - F_k / (share_k F_max))             V > 0,
 *
 * and likewise towards the lower end below 0; their sum then follows B(F) whatever its parts. Pieces of a pulse do what the whole does.
 *
 * @param drive  V^2 of a conductance that is not ohmic: power over conductance
 * @returns J
 */
export function write(
  components: Components,
  x: Numbers,
  stretch: Stretch,
  writer: Writer,
  drive: (voltage: number) => number,
): number {
  const { acceleration, timeExponent, soft, volatile, lasting, fastShare } = components;
  const { bounds, gain, offset } = writer;
  const { from, to, duration, since } = stretch;
  const middle = (from + to) / 2;
  const up = middle > 0;
  const lastingGain = Math.abs(middle) >= lasting.threshold ? gain * lasting.amplitude : 0;
  const volatileGain = gain * volatile.amplitude;
  const reach = up ? volatile.high : -(bounds[2]! + bounds[4]!);
  for (let i = 0; i < 3; i++) target[i] = bounds[2 * i + (up ? 1 : 0)]!;
  if (soft) {
    rate[0] = lastingGain === 0 ? 0 : lastingGain / (lasting.high - lasting.low);
    rate[1] = volatileGain / reach;
    rate[2] = rate[1];
  } else {
    const sign = up ? 1 : -1;
    rate[0] = sign * lastingGain;
    rate[1] = sign * fastShare * volatileGain;
    rate[2] = sign * (1 - fastShare) * volatileGain;
  }

  const timeAt = (phi: number): number => phi ** (1 / timeExponent);
  const voltageAt = (phi: number): number =>
    from === to ? from : from + ((to - from) * (timeAt(phi) - since)) / duration;
  const growth = (phi: number): number => Math.sinh(Math.abs(voltageAt(phi)) / acceleration);
  const strength = (a: number, b: number): number => (from === to ? growth(a) * (b - a) : gaussIntegral(growth, a, b));
  const after = (i: number, s: number): number =>
    rate[i] === 0 ? x[i]! : soft ? target[i]! + (x[i]! - target[i]!) * Math.exp(-rate[i]! * s) : x[i]! + rate[i]! * s;
  const inside = (i: number, value: number): number => Math.min(bounds[2 * i + 1]!, Math.max(bounds[2 * i]!, value));
  const conductance = (s: number): number => {
    let sum = offset;
    for (let i = 0; i < 3; i++) sum += inside(i, after(i, s));
    return sum;
  };
  const tooWide = (s: number): boolean => {
    for (let i = 0; i < 3; i++) {
      if (soft) {
        const away = Math.abs(x[i]! - target[i]!) > 1e-9 * (bounds[2 * i + 1]! - bounds[2 * i]!);
        if (away && rate[i]! * s > panelExponents) return true;
      } else {
        const end = after(i, s);
        const [clips, clipped] = [inside(i, end) !== end, x[i] === target[i]];
        if (clips && !clipped) return true;
      }
    }
    return false;
  };
  const panel = (a: number, b: number, depth: number): number => {
    const s = strength(a, b);
    const spread = Math.abs(voltageAt(b) - voltageAt(a)) / acceleration;
    if (depth > 0 && (spread > panelVolts || tooWide(s))) {
      const half = (a + b) / 2;
      return panel(a, half, depth - 1) + panel(half, b, depth - 1);
    }
    const power = (phi: number): number => {
      const slope = phi ** (1 / timeExponent - 1) / timeExponent;
      return slope * drive(voltageAt(phi)) * conductance(strength(a, phi));
    };
    const work = gaussIntegral(power, a, b);
    for (let i = 0; i < 3; i++) x[i] = after(i, s);
    return work;
  };
  for (let i = 0; i < 3; i++) x[i] = inside(i, x[i]!);
  return panel(since ** timeExponent, (since + duration) ** timeExponent, soft ? 40 : 12);
}
