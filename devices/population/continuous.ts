import type { DeviceLaw, Numbers, Stretch, Surroundings } from "./law.ts";
import { integrate } from "./rosenbrock.ts";

/** A law given by differential equations: everything of a DeviceLaw but `evolve` and `relax`, and dx/dt in their place. */
export interface ContinuousLaw extends Omit<DeviceLaw, "evolve" | "relax"> {
  /**
   * dx/dt at a voltage, in the units of x per second. `normals` are those of the running pulse. Need not know the limits: whatever would leave them stops there.
   */
  rates(voltage: number, x: Numbers, traits: Numbers, surroundings: Surroundings, normals: Numbers, out: Numbers): void;
  /** Whether anything moves by itself at 0 V in the dark; where not, waiting costs nothing. */
  readonly volatile: boolean;
  /** Error allowed in a step, as a share of each variable's range; default 1e-5. */
  readonly tolerance?: number;
}

/** Share of a stretch's energy by which one step's quadrature may be off. */
const workTolerance = 1e-4;

/** A DeviceLaw whose state follows differential equations, with work as the integral of V I along the very same trajectory. */
export function continuousLaw(law: ContinuousLaw): DeviceLaw {
  const { variables, tolerance = 1e-5 } = law;
  const n = variables.length;
  const scale = Float64Array.from(variables, ({ low, high }) => high - low);
  const limits = Float64Array.from(variables.flatMap(({ low, high }) => [low, high]));
  const noNormals = new Float64Array(law.normalsPerPulse);

  const limit = (x: Float64Array): number => {
    let outside = 0;
    for (let i = 0; i < n; i++) {
      const inside = Math.min(limits[2 * i + 1]!, Math.max(limits[2 * i]!, x[i]!));
      if (inside !== x[i]) outside++;
      x[i] = inside;
    }
    return outside;
  };

  const move = (x: Numbers, stretch: Stretch, normals: Numbers, traits: Numbers): number => {
    const { from, to, duration, compliance } = stretch;
    if (duration <= 0) return 0;
    law.bounds?.(traits, limits, x);
    const voltageAt = (time: number, state: Numbers): number => {
      const voltage = from + ((to - from) * time) / duration;
      return limitedVoltage(law, voltage, compliance, state, traits, stretch);
    };
    const inside = new Float64Array(n);
    const rates = (time: number, state: Float64Array, out: Float64Array): void => {
      inside.set(state);
      limit(inside);
      law.rates(voltageAt(time, inside), inside, traits, stretch, normals, out);
      for (let i = 0; i < n; i++) {
        if (inside[i] === limits[2 * i + 1] && out[i]! > 0) out[i] = 0;
        else if (inside[i] === limits[2 * i] && out[i]! < 0) out[i] = 0;
      }
    };
    const power = (time: number, state: Numbers): number => {
      const voltage = voltageAt(time, state);
      return voltage === 0 ? 0 : voltage * law.current(voltage, state, traits, stretch);
    };
    let work = 0;
    integrate(rates, x, duration, {
      scale,
      tolerance,
      limit,
      stepped(start, end, before, middle, after) {
        const between = (share: number): Numbers => {
          // The parabola through the step's three states.
          for (let i = 0; i < n; i++) {
            const [a, b, c] = [before[i]!, middle[i]!, after[i]!];
            inside[i] = a + share * (4 * b - 3 * a - c + 2 * share * (a + c - 2 * b));
          }
          limit(inside);
          return inside;
        };
        const at = (share: number): number => power(start + share * (end - start), between(share));
        work += (end - start) * quadrature(at, 0, 1, at(0), at(0.5), at(1), 12);
      },
    });
    return work;
  };

  const dark = { irradiance: 0, wavelength: 0, compliance: Number.POSITIVE_INFINITY };
  return {
    ...law,
    evolve: move,
    relax(x, seconds, temperature, traits) {
      if (!law.volatile) return;
      move(x, { ...dark, from: 0, to: 0, duration: seconds, since: 0, temperature }, noNormals, traits);
    },
  };
}

/** Simpson's rule, halved until both halves agree with the whole. */
function quadrature(
  f: (share: number) => number,
  from: number,
  to: number,
  first: number,
  middle: number,
  last: number,
  depth: number,
): number {
  const width = to - from;
  const whole = (width / 6) * (first + 4 * middle + last);
  const [left, right] = [f(from + width / 4), f(from + (3 * width) / 4)];
  const halves = (width / 12) * (first + 4 * left + 2 * middle + 4 * right + last);
  if (depth === 0 || Math.abs(halves - whole) <= workTolerance * Math.abs(halves)) return halves;
  const centre = from + width / 2;
  return (
    quadrature(f, from, centre, first, left, middle, depth - 1) +
    quadrature(f, centre, to, middle, right, last, depth - 1)
  );
}

/** The voltage left across a device when its source gives no more than `compliance`; `voltage` itself where that suffices. */
export function limitedVoltage(
  law: Pick<DeviceLaw, "current">,
  voltage: number,
  compliance: number,
  x: Numbers,
  traits: Numbers,
  surroundings: Surroundings,
): number {
  if (compliance === Number.POSITIVE_INFINITY) return voltage;
  if (Math.abs(law.current(voltage, x, traits, surroundings)) <= compliance) return voltage;
  let [low, high] = [0, voltage];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (Math.abs(law.current(middle, x, traits, surroundings)) > compliance) high = middle;
    else low = middle;
  }
  return low;
}
