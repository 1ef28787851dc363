import { InputError } from "../../src/ground/errors.ts";

/** A small system of differential equations and, along it, one integral. */
export interface System {
  /** Size of each variable that an error is held against. */
  readonly scale: Float64Array;
  /** Hard limits, [low, high] of every variable in turn; they may change between two runs. */
  readonly limits: Float64Array;
  /** Error allowed in a step, in units of `scale`; ten times that share of the integral. */
  readonly tolerance: number;
  /** Whether rates depend on time by themselves in this run. */
  readonly timed: boolean;
  /** Rates at a state within the limits, and after them the integrand. Whatever would leave the limits is stopped by the integrator. */
  rates(time: number, x: Float64Array, out: Float64Array): void;
}

const gamma = 0.5;
/** A law that jumps back and forth would never end. */
const mostSteps = 100_000;

/**
 * Integrates a small system over spans of time with steps of its own choice: linearly implicit, of third order with an estimate of second,
 * stable for however stiff a system (a ramp of 1 mV/s over a law that moves in picoseconds takes as many steps as one of 1 V/ns). A step
 * ends where a variable meets its limit; from there the variable stays until its rate turns inward. Takes no memory after its creation.
 *
 * @source Sandu et al., Atmos. Environ. 31, 3459 (1997), doi:10.1016/S1352-2310(97)83212-8, the method RODAS3
 */
export class Rosenbrock {
  readonly #system: System;
  /** Variables, and with the integral. */
  readonly #n: number;
  readonly #m: number;
  readonly #f: Float64Array;
  readonly #f3: Float64Array;
  readonly #f4: Float64Array;
  readonly #k1: Float64Array;
  readonly #k2: Float64Array;
  readonly #k3: Float64Array;
  readonly #k4: Float64Array;
  /** Change of the rates with time. */
  readonly #slope: Float64Array;
  readonly #trial: Float64Array;
  readonly #inside: Float64Array;
  readonly #jacobian: Float64Array;
  readonly #matrix: Float64Array;
  /** Of each variable: 1 and -1 while it rests at its upper and lower limit. */
  readonly #resting: Int8Array;

  constructor(system: System) {
    this.#system = system;
    const n = system.scale.length;
    const m = n + 1;
    this.#n = n;
    this.#m = m;
    const room = () => new Float64Array(m);
    this.#f = room();
    this.#f3 = room();
    this.#f4 = room();
    this.#k1 = room();
    this.#k2 = room();
    this.#k3 = room();
    this.#k4 = room();
    this.#slope = room();
    this.#trial = room();
    this.#inside = new Float64Array(n);
    this.#jacobian = new Float64Array(m * m);
    this.#matrix = new Float64Array(m * m);
    this.#resting = new Int8Array(n);
  }

  /**
   * @param x  state, moved in place
   * @returns the integral over the span
   * @throws InputError with time and state where no step is small enough
   */
  run(x: Float64Array, duration: number): number {
    const n = this.#n;
    const { scale } = this.#system;
    this.#limit(x);
    this.#begin(0, x, duration);
    let step = duration;
    for (let i = 0; i < n; i++) step = Math.min(step, (0.05 * scale[i]!) / Math.abs(this.#f[i]!));
    // Steps may be far smaller than the last bit of the time: what an addition loses goes to the next.
    let time = 0;
    let lost = 0;
    let integral = 0;
    for (let steps = 0; time < duration; steps++) {
      if (steps > mostSteps)
        throw new InputError(
          `over ${mostSteps} steps for ${duration} s, at ${time} s and ${x.join(", ")}, expected a lower voltage or a shorter time`,
        );
      const left = duration - time + lost;
      this.#differentiate(time, x);
      for (let retries = 0; ; retries++) {
        if (step > 0.99 * left) step = left;
        if (!(step > 1e-25 * duration)) {
          throw new InputError(
            `no step is small enough ${time} s into ${duration} s, at ${x.join(", ")}, expected a lower voltage or a shorter time`,
          );
        }
        const error = this.#step(time, x, step, integral, duration);
        if (!(error <= 1)) {
          step *= Number.isFinite(error) ? Math.max(0.1, 0.9 / Math.cbrt(error)) : 0.1;
          continue;
        }
        const share = retries < 30 ? this.#shareInside(x) : 1;
        if (share < 1) {
          step *= Math.max(share, 1e-3);
          continue;
        }
        for (let i = 0; i < n; i++) x[i] = this.#trial[i]!;
        this.#limit(x);
        integral += this.#trial[n]!;
        if (step === left) {
          time = duration;
        } else {
          const before = time;
          time += step - lost;
          lost = time - before - (step - lost);
        }
        step *= Math.min(5, 0.9 / Math.cbrt(Math.max(error, 1e-3)));
        break;
      }
      if (time < duration) this.#begin(time, x, duration - time);
    }
    return integral;
  }

  /** One step from x into `trial`; returns its error over what is allowed. */
  #step(time: number, x: Float64Array, h: number, integral: number, duration: number): number {
    const [n, m] = [this.#n, this.#m];
    const { scale, tolerance, timed } = this.#system;
    const matrix = this.#matrix;
    const [f, f3, f4, slope, trial] = [this.#f, this.#f3, this.#f4, this.#slope, this.#trial];
    const [k1, k2, k3, k4] = [this.#k1, this.#k2, this.#k3, this.#k4];
    for (let i = 0; i < m * m; i++) matrix[i] = -this.#jacobian[i]!;
    for (let i = 0; i < m; i++) matrix[i * m + i]! += 1 / (gamma * h);
    factor(matrix, m);
    if (timed) {
      // By a difference over a small share of the step, so that no threshold beyond the step is seen.
      const later = time + Math.max(1e-5 * h, 1e-15 * duration);
      this.#rates(later, x, slope);
      for (let i = 0; i < m; i++) slope[i] = (slope[i]! - f[i]!) / (later - time);
    }
    for (let i = 0; i < m; i++) k1[i] = f[i]! + (timed ? 0.5 * h * slope[i]! : 0);
    solve(matrix, m, k1);
    for (let i = 0; i < m; i++) k2[i] = f[i]! + (4 / h) * k1[i]! + (timed ? 1.5 * h * slope[i]! : 0);
    solve(matrix, m, k2);
    for (let i = 0; i < n; i++) trial[i] = x[i]! + 2 * k1[i]!;
    this.#rates(time + h, trial, f3);
    for (let i = 0; i < m; i++) k3[i] = f3[i]! + (k1[i]! - k2[i]!) / h;
    solve(matrix, m, k3);
    for (let i = 0; i < n; i++) trial[i]! += k3[i]!;
    this.#rates(time + h, trial, f4);
    for (let i = 0; i < m; i++) k4[i] = f4[i]! + (k1[i]! - k2[i]! - (8 / 3) * k3[i]!) / h;
    solve(matrix, m, k4);
    let error = 0;
    for (let i = 0; i < n; i++) {
      trial[i]! += k4[i]!;
      const own = Math.abs(k4[i]!) / (tolerance * scale[i]!);
      if (own > error || Number.isNaN(own)) error = own;
    }
    const added = 2 * k1[n]! + k3[n]! + k4[n]!;
    trial[n] = added;
    // An integrand that begins with a jump has no integral yet to be compared with.
    const largest = Math.max(Math.abs(f[n]!), Math.abs(f3[n]!), Math.abs(f4[n]!));
    const of = 10 * tolerance * (Math.abs(integral) + Math.abs(added) + 1e-3 * largest * duration);
    const own = Math.abs(k4[n]!) / of;
    return of > 0 && own > error ? own : error;
  }

  /** Rates at x put within its limits, 0 where a variable rests. */
  #rates(time: number, x: Float64Array, out: Float64Array): void {
    const n = this.#n;
    const inside = this.#inside;
    for (let i = 0; i < n; i++) inside[i] = x[i]!;
    this.#limit(inside);
    this.#system.rates(time, inside, out);
    for (let i = 0; i < n; i++) if (this.#resting[i]! * out[i]! > 0) out[i] = 0;
  }

  /**
   * Rates where a step begins. Variables at a limit, with a rate that leads out, rest there; those just inside only if that rate brings
   * them to it in the time `left`, or many small motions off a limit would all be lost.
   */
  #begin(time: number, x: Float64Array, left: number): void {
    const { limits, scale, tolerance } = this.#system;
    const resting = this.#resting;
    resting.fill(0);
    this.#rates(time, x, this.#f);
    let moved = false;
    for (let i = 0; i < this.#n; i++) {
      const near = 0.01 * tolerance * scale[i]!;
      const rate = this.#f[i]!;
      const side =
        rate > 0 && x[i]! >= limits[2 * i + 1]! - near ? 1 : rate < 0 && x[i]! <= limits[2 * i]! + near ? -1 : 0;
      if (side === 0) continue;
      const limit = limits[2 * i + (side === 1 ? 1 : 0)]!;
      if (x[i] !== limit) {
        if (Math.abs(rate) * left < Math.abs(limit - x[i]!)) continue;
        // Only where the rate leads out of the limit itself: a variable may have its equilibrium just inside.
        const before = x[i]!;
        x[i] = limit;
        this.#rates(time, x, this.#f3);
        if (this.#f3[i]! * side <= 0) {
          x[i] = before;
          continue;
        }
        moved = true;
      }
      resting[i] = side;
      this.#f[i] = 0;
    }
    if (moved) this.#rates(time, x, this.#f);
  }

  /** Share of the trial step at which the first variable meets its limit; 1 where none does. */
  #shareInside(x: Float64Array): number {
    const { limits, scale, tolerance } = this.#system;
    let share = 1;
    for (let i = 0; i < this.#n; i++) {
      const end = this.#trial[i]!;
      const near = 0.01 * tolerance * scale[i]!;
      const beyond = end > limits[2 * i + 1]! + near ? limits[2 * i + 1]! : limits[2 * i]!;
      if (end > limits[2 * i + 1]! + near || end < limits[2 * i]! - near) {
        share = Math.min(share, (beyond - x[i]!) / (end - x[i]!));
      }
    }
    return share;
  }

  #limit(x: Float64Array): void {
    const { limits } = this.#system;
    for (let i = 0; i < this.#n; i++) {
      if (x[i]! > limits[2 * i + 1]!) x[i] = limits[2 * i + 1]!;
      else if (x[i]! < limits[2 * i]!) x[i] = limits[2 * i]!;
    }
  }

  /** Fills the Jacobian by differences. */
  #differentiate(time: number, x: Float64Array): void {
    const [n, m] = [this.#n, this.#m];
    const { scale, limits } = this.#system;
    const [f, shifted, trial] = [this.#f, this.#f3, this.#trial];
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) trial[i] = x[i]!;
      const by = (x[j]! + 1e-8 * scale[j]! > limits[2 * j + 1]! ? -1e-8 : 1e-8) * scale[j]!;
      trial[j]! += by;
      this.#rates(time, trial, shifted);
      for (let i = 0; i < m; i++) {
        const entry = (shifted[i]! - f[i]!) / by;
        this.#jacobian[i * m + j] = Number.isFinite(entry) ? entry : 0;
      }
    }
  }
}

/** Triangular factors in place; systems of a few variables, well scaled, need no exchange of rows. */
function factor(matrix: Float64Array, n: number): void {
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const share = matrix[i * n + k]! / matrix[k * n + k]!;
      matrix[i * n + k] = share;
      for (let j = k + 1; j < n; j++) matrix[i * n + j]! -= share * matrix[k * n + j]!;
    }
  }
}

function solve(matrix: Float64Array, n: number, b: Float64Array): void {
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) b[i]! -= matrix[i * n + j]! * b[j]!;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i]! -= matrix[i * n + j]! * b[j]!;
    b[i]! /= matrix[i * n + i]!;
  }
}
