import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, type Numbers, preparePopulation } from "../population/index.ts";
import { numberAt } from "../values.ts";

/** A sinh(b V), with A in amperes and b per volt. */
interface Conduction {
  readonly amplitude: number;
  readonly slope: number;
}

/** How fast and how far the state moves one way. */
interface Motion {
  /** 1/s. */
  readonly rate: number;
  /** V, above 0. */
  readonly threshold: number;
  /** Share of the way that is gone at full speed begins to fall off here; counted from the end that the motion starts at. */
  readonly free: number;
  readonly falloff: number;
}

/**
 * Yakopcic's memristor. The state x runs from 0 to 1; each polarity has its own conduction through the part that has switched and
 * through the rest:
 *
 *   I = A_on sinh(b_on V) x + A_off sinh(b_off V) (1 - x)
 *   dx/dt = eta g(V) f(x), g = A_p (e^V - e^Vp) above Vp, -A_n (e^-V - e^Vn) below -Vn, 0 between (V in volts)
 *   f = 1 below x_p, then e^(-alpha_p (x - x_p)) ((x_p - x) / (1 - x_p) + 1), for x on its way up
 *   f = 1 above 1 - x_n, then e^(alpha_n (x + x_n - 1)) x / (1 - x_n), for x on its way down.
 *
 * The published form has no current through the rest, A_off = 0. Leaves: `positive` and `negative`, each with `on` and `off`
 * {amplitude, slope}; `up` and `down` {rate, threshold, free, falloff}; eta is `polarity`.
 *
 * @source Yakopcic et al., IEEE Electron Device Lett. 32, 1436 (2011), doi:10.1109/LED.2011.2163292; IEEE Trans. CAD 32, 1201 (2013),
 *   doi:10.1109/TCAD.2013.2252057
 */
export function yakopcicLaw(values: KnownTree): ContinuousDeviceLaw {
  const conduction = (path: string): Conduction => ({
    amplitude: numberAt(values, `${path}.amplitude`, 0),
    slope: numberAt(values, `${path}.slope`, 0),
  });
  const motion = (path: string): Motion => ({
    rate: numberAt(values, `${path}.rate`, 0),
    threshold: numberAt(values, `${path}.threshold`, 0),
    free: numberAt(values, `${path}.free`, 0, 1),
    falloff: numberAt(values, `${path}.falloff`, 0),
  });
  const forward = { on: conduction("positive.on"), off: conduction("positive.off") };
  const backward = { on: conduction("negative.on"), off: conduction("negative.off") };
  const [up, down] = [motion("up"), motion("down")];
  const polarity = numberAt(values, "polarity", -1, 1);
  const usual = numberAt(values, "temperature", 1);
  const cycleSpread = numberAt(values, "cycleSpread", 0);
  const through = ({ amplitude, slope }: Conduction, voltage: number) => amplitude * Math.sinh(slope * voltage);
  return continuousLaw({
    variables: [{ name: "state", low: 0, high: 1, start: numberAt(values, "start", 0, 1) }],
    traits: [
      {
        name: "rate",
        value: 1,
        spread: numberAt(values, "deviceSpread.rate", 0),
        distribution: "log-normal",
      },
      {
        name: "conductance",
        value: 1,
        spread: numberAt(values, "deviceSpread.conductance", 0),
        distribution: "log-normal",
      },
    ],
    conducting: 0,
    temperature: { usual, low: usual, high: usual },
    polar: !(same(forward.on, backward.on) && same(forward.off, backward.off)),
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: false,
    writes: (voltage) => voltage > up.threshold || voltage < -down.threshold,
    current(voltage, x, traits) {
      const { on, off } = voltage >= 0 ? forward : backward;
      return traits[1]! * (x[0]! * through(on, voltage) + (1 - x[0]!) * through(off, voltage));
    },
    rates(voltage, x, traits, _surroundings, normals, out) {
      const own = polarity * traits[0]! * Math.max(0, 1 + cycleSpread * normals[0]!);
      let speed = 0;
      if (voltage > up.threshold) speed = up.rate * (Math.exp(voltage) - Math.exp(up.threshold));
      else if (voltage < -down.threshold) speed = -down.rate * (Math.exp(-voltage) - Math.exp(down.threshold));
      out[0] = own * speed * window(x, polarity * speed > 0);
    },
  });

  function window(x: Numbers, rising: boolean): number {
    const { free, falloff } = rising ? up : down;
    // What is left of the way, and of the way on which the motion slows down.
    const left = rising ? 1 - x[0]! : x[0]!;
    return left >= 1 - free ? 1 : (Math.exp(-falloff * (1 - free - left)) * left) / (1 - free);
  }
}

function same(one: Conduction, other: Conduction): boolean {
  return one.amplitude === other.amplitude && (one.amplitude === 0 || one.slope === other.slope);
}

export const yakopcic: DeviceModel = {
  name: "yakopcic",
  title: "Memristor with a state-proportional sinh current and exponential thresholds (Yakopcic)",
  kind: "dynamic",
  parameterSets: ["oblea-2010", "miao-2011", "jo-2010"],
  prepare(values) {
    return preparePopulation(values, {
      name: "yakopcic",
      law: yakopcicLaw(values),
      programmable: true,
    });
  },
};
