import { gaussIntegral, type Numbers, type Stretch } from "../population/index.ts";
import type { Components } from "./components.ts";

/** Places in the state, [lasting, fast, slow, age]; the last only where the lasting part falls with its age. */
export const [lasting, fast, slow, age] = [0, 1, 2, 3];

/** What a device brings to its rest. */
export interface Rester {
  /** S, conductance besides the components. */
  readonly offset: number;
  /** 1/s at 0 V, of the fast and of the slow component. */
  readonly rates: readonly [number, number];
}

const mostPanels = 200;

/**
 * Moves x = [lasting, fast, slow, age] through a stretch that does not write: both volatile components fall by time constants that follow
 * the bias, tau_k exp(V / V_tau,k), and the lasting one, where its set says so, as (1 + age / t_r)^-nu. Two stretches do what one does.
 *
 * @param drive  power over conductance at a voltage, V^2
 * @returns J
 */
export function rest(
  components: Components,
  x: Numbers,
  { from, to, duration }: Stretch,
  { offset, rates }: Rester,
  drive: (voltage: number) => number,
): number {
  const biases = [components.fast.bias, components.slow.bias] as const;
  const at = (seconds: number): number => from + ((to - from) * seconds) / duration;
  // Integral of 1 / tau over a voltage that goes straight from one to another.
  const eFolds = (k: 0 | 1, seconds: number): number => {
    const change = (at(seconds) - from) / biases[k];
    const mean = Math.abs(change) < 1e-9 ? 1 : -Math.expm1(-change) / change;
    return rates[k] * seconds * Math.exp(-from / biases[k]) * mean;
  };
  const work = (): number => {
    if (from === 0 && to === 0) return 0;
    if (from === to) {
      // S s: the integral of each component.
      let sum = offset * duration + x[lasting]! * ageIntegral(components, x, duration);
      for (const k of [0, 1] as const) {
        const rate = eFolds(k, duration) / duration;
        sum += x[fast + k]! * (rate > 0 ? -Math.expm1(-rate * duration) / rate : duration);
      }
      return drive(from) * sum;
    }
    const power = (seconds: number): number => {
      const volatile = x[fast]! * Math.exp(-eFolds(0, seconds)) + x[slow]! * Math.exp(-eFolds(1, seconds));
      return drive(at(seconds)) * (offset + x[lasting]! * left(components, x, seconds) + volatile);
    };
    // A panel takes few e-folds of the faster decay, and one side of 0 V where the voltage crosses it.
    const panels = 2 * Math.min(mostPanels, Math.ceil(Math.max(eFolds(0, duration), eFolds(1, duration)) / 4));
    let sum = 0;
    for (let p = 0; p < panels; p++) {
      sum += gaussIntegral(power, (p / panels) * duration, ((p + 1) / panels) * duration);
    }
    return sum;
  };
  const joules = work();
  x[fast]! *= Math.exp(-eFolds(0, duration));
  x[slow]! *= Math.exp(-eFolds(1, duration));
  grow(components, x, duration);
  return joules;
}

/** Lets the lasting component of x grow older by so many seconds. */
export function grow(components: Components, x: Numbers, seconds: number): void {
  if (components.retention.exponent === 0) return;
  x[lasting]! *= left(components, x, seconds);
  x[age]! += seconds;
}

/** Share of the lasting component that is left so many seconds from now. */
function left({ retention: { exponent, from } }: Components, x: Numbers, seconds: number): number {
  return exponent === 0 ? 1 : (1 + seconds / (from + x[age]!)) ** -exponent;
}

/** Integral of that share, s. */
function ageIntegral({ retention: { exponent, from } }: Components, x: Numbers, seconds: number): number {
  if (exponent === 0) return seconds;
  const since = from + x[age]!;
  return (since * Math.expm1((1 - exponent) * Math.log1p(seconds / since))) / (1 - exponent);
}
