import { describe, expect, it } from "vitest";
import { rootBetween } from "../../../devices/population/root.ts";
import { Rosenbrock, type System } from "../../../devices/population/rosenbrock.ts";
import { InputError } from "../../../src/ground/errors.ts";

function system(
  size: number,
  rates: System["rates"],
  tolerance = 1e-6,
  limits: number[] = Array(size).fill([-1e3, 1e3]).flat(),
): System {
  return { scale: new Float64Array(size).fill(1), limits: Float64Array.from(limits), tolerance, timed: true, rates };
}

describe("the integrator of stiff systems", () => {
  it("has the third order: a thousandth of the tolerance is a tenth of the step, and of the error at least a hundredth", () => {
    // x' = -x^2 + cos t + sin^2 t has x = sin t from 0: non-linear, with rates that depend on time. The step's error goes with h^3.
    const error = (tolerance: number): { error: number; calls: number } => {
      const x = Float64Array.of(0);
      let calls = 0;
      const rates: System["rates"] = (t, [y], out) => {
        calls++;
        out[0] = -(y! ** 2) + Math.cos(t) + Math.sin(t) ** 2;
        out[1] = y!;
      };
      new Rosenbrock(system(1, rates, tolerance)).run(x, 3);
      return { error: Math.abs(x[0]! - Math.sin(3)), calls };
    };
    const [rough, fine] = [error(1e-5), error(1e-8)];
    const order = Math.log(rough.error / fine.error) / Math.log(fine.calls / rough.calls);
    expect(order).toBeGreaterThan(2.7);
    expect(fine.error).toBeLessThan(1e-7);
  });

  it("follows a stiff linear system: rates of 1e8 and 1 per second over a second", () => {
    // Eigenvalues -1 and -1e8 of [[a, b], [b, a]]; x = 1, 0 is half of each mode.
    const [a, b] = [-(1e8 + 1) / 2, (1e8 - 1) / 2];
    let calls = 0;
    const rates: System["rates"] = (_t, [x, y], out) => {
      calls++;
      out[0] = a * x! + b * y!;
      out[1] = b * x! + a * y!;
      out[2] = x! * x!;
    };
    const x = Float64Array.of(1, 0);
    const integral = new Rosenbrock(system(2, rates)).run(x, 1);
    expect(x[0]).toBeCloseTo(0.5 * Math.exp(-1), 4);
    expect(x[1]).toBeCloseTo(0.5 * Math.exp(-1), 4);
    // Of (e^-t / 2)^2 over the second, and a few parts in 1e8 of the fast mode; a step may add 1e-5 of it as an error.
    expect(integral).toBeCloseTo((1 - Math.exp(-2)) / 8, 4);
    // Steps that the fast mode would bound were a hundred million.
    expect(calls).toBeLessThan(3000);
  });

  it("stops at a hard limit on the very moment, and leaves it when the rate turns", () => {
    // x' = 2 - t: from 0 it reaches the limit 1 at 2 - sqrt 2, rests till t = 2, then falls by (t - 2)^2 / 2.
    const rates: System["rates"] = (t, [x], out) => {
      out[0] = 2 - t;
      out[1] = x!;
    };
    const x = Float64Array.of(0);
    const integral = new Rosenbrock(system(1, rates, 1e-6, [0, 1])).run(x, 3);
    expect(x[0]).toBeCloseTo(0.5, 5);
    const hit = 2 - Math.SQRT2;
    expect(integral).toBeCloseTo(hit ** 2 - hit ** 3 / 6 + (2 - hit) + 1 - 1 / 6, 5);
    const run = new Rosenbrock(system(1, rates, 1e-6, [0, 1]));
    const resting = Float64Array.of(0.2);
    run.run(resting, 1.9);
    expect(resting[0]).toBe(1);
  });

  it("gives the integral along a known trajectory: a capacitor's heat is half its energy", () => {
    // v' = -v / RC, power v^2 / R: C v0^2 / 2 in the end.
    const [r, c] = [1e3, 1e-12];
    const rates: System["rates"] = (_t, [v], out) => {
      out[0] = -v! / (r * c);
      out[1] = v! ** 2 / r;
    };
    const v = Float64Array.of(1.5);
    const heat = new Rosenbrock(system(1, rates)).run(v, 100 * r * c);
    expect(heat / ((c * 1.5 ** 2) / 2)).toBeCloseTo(1, 5);
  });

  it("goes through a threshold where rates jump", () => {
    // x' = 0 before t = 1, then 1 / s.
    const rates: System["rates"] = (t, _x, out) => {
      out[0] = t < 1 ? 0 : 1;
      out[1] = out[0]!;
    };
    const x = Float64Array.of(0);
    expect(new Rosenbrock(system(1, rates)).run(x, 1.7)).toBeCloseTo(0.7, 4);
    expect(x[0]).toBeCloseTo(0.7, 4);
  });

  it("keeps many motions off a limit that are each far below its tolerance, with a slow way back between them", () => {
    // The way back takes a thousandth of each, so that a thousand motions of 1e-12 leave 0.999e-9, all of it nearer the limit than a
    // hundredth of the tolerance.
    let rate = 1;
    const rates: System["rates"] = (_t, _x, out) => {
      out[0] = rate;
      out[1] = 0;
    };
    const integrator = new Rosenbrock(system(1, rates, 1e-5, [0, 1]));
    const x = Float64Array.of(0);
    for (let pulse = 0; pulse < 1000; pulse++) {
      rate = 1e-12;
      integrator.run(x, 1);
      rate = -1e-15;
      integrator.run(x, 1);
    }
    expect(x[0]! / 0.999e-9).toBeCloseTo(1, 9);
  });

  it("says where no step is small enough", () => {
    const rates: System["rates"] = (_t, _x, out) => {
      out[0] = Number.NaN;
      out[1] = 0;
    };
    const run = () => new Rosenbrock(system(1, rates)).run(Float64Array.of(0), 1);
    expect(run).toThrow(/no step is small enough 0 s into 1 s/);
    expect(run).toThrow(InputError);
  });
});

describe("the root between two places", () => {
  it("is exact to the last bits, in either direction", () => {
    for (const [low, high] of [
      [0, 2],
      [2, 0],
    ] as const) {
      expect(rootBetween((x) => Math.exp(20 * x) - 1e8, low, high)).toBeCloseTo(Math.log(1e8) / 20, 14);
      expect(rootBetween((x) => x ** 3 - 2, low, high)).toBeCloseTo(Math.cbrt(2), 14);
    }
    expect(rootBetween((x) => x, 0, 1)).toBe(0);
  });

  it("takes few looks", () => {
    let looks = 0;
    const f = (x: number) => {
      looks++;
      return Math.sinh(40 * x) - 1e3;
    };
    expect(rootBetween(f, 0, 1)).toBeCloseTo(Math.asinh(1e3) / 40, 14);
    expect(looks).toBeLessThan(25);
  });
});
