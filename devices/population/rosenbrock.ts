/** dx/dt = rates(t, x); writes into `out`. */
export type Rates = (time: number, x: Float64Array, out: Float64Array) => void;

export interface StepControl {
  /** Size of each variable that an error is held against. */
  readonly scale: Float64Array;
  /** Error allowed in a step, in units of `scale`. */
  readonly tolerance: number;
  /** Puts x back within its limits; returns how many variables were outside. */
  readonly limit: (x: Float64Array) => number;
  /** Told of each accepted step: times, and states at its start, middle and end. */
  readonly stepped: (from: number, to: number, start: Float64Array, middle: Float64Array, end: Float64Array) => void;
}

const d = 1 / (2 + Math.SQRT2);
const e32 = 6 + Math.SQRT2;

/** Room for systems of one size, so that a million devices need no garbage collected. */
class Workspace {
  readonly f0: Float64Array;
  readonly f1: Float64Array;
  readonly f2: Float64Array;
  readonly k1: Float64Array;
  readonly k2: Float64Array;
  readonly k3: Float64Array;
  readonly slope: Float64Array;
  readonly middle: Float64Array;
  readonly end: Float64Array;
  readonly shifted: Float64Array;
  readonly jacobian: Float64Array;
  readonly matrix: Float64Array;
  constructor(size: number) {
    const room = () => new Float64Array(size);
    this.f0 = room();
    this.f1 = room();
    this.f2 = room();
    this.k1 = room();
    this.k2 = room();
    this.k3 = room();
    this.slope = room();
    this.middle = room();
    this.end = room();
    this.shifted = room();
    this.jacobian = new Float64Array(size * size);
    this.matrix = new Float64Array(size * size);
  }
}

const workspaces = new Map<number, Workspace>();

/**
 * Integrates a small system over a span of time with steps of its own choice: a linearly implicit pair of second and third order, stable for
 * however stiff a system (a ramp of 1 mV/s over a law that moves in picoseconds takes as many steps as one of 1 V/ns).
 *
 * @param x  state, moved in place
 * @throws Error with time and state where no step is small enough
 * @source Shampine & Reichelt, SIAM J. Sci. Comput. 18, 1 (1997), doi:10.1137/S1064827594276424, the pair of ode23s
 */
export function integrate(rates: Rates, x: Float64Array, duration: number, control: StepControl): void {
  const n = x.length;
  let room = workspaces.get(n);
  if (!room) {
    room = new Workspace(n);
    workspaces.set(n, room);
  }
  const { f0, f1, f2, k1, k2, k3, slope, middle, end, shifted, jacobian, matrix } = room;
  const { scale, tolerance, limit } = control;
  let time = 0;
  let step = duration;
  rates(0, x, f0);
  while (time < duration) {
    const left = duration - time;
    if (step > 0.99 * left) step = left;
    if (!(step > 1e-15 * duration)) {
      throw new Error(`no step is small enough ${time} s into ${duration} s, at ${[...x].join(", ")}`);
    }
    fillJacobian(rates, time, x, f0, scale, shifted, f1, jacobian);
    const dt = Math.min(1e-6 * duration, left);
    rates(time + dt, x, slope);
    for (let i = 0; i < n; i++) slope[i] = (slope[i]! - f0[i]!) / dt;
    for (;;) {
      const h = step;
      for (let i = 0; i < n * n; i++) matrix[i] = -h * d * jacobian[i]!;
      for (let i = 0; i < n; i++) matrix[i * n + i]! += 1;
      factor(matrix, n);
      for (let i = 0; i < n; i++) k1[i] = f0[i]! + h * d * slope[i]!;
      solve(matrix, n, k1);
      for (let i = 0; i < n; i++) middle[i] = x[i]! + (h / 2) * k1[i]!;
      rates(time + h / 2, middle, f1);
      for (let i = 0; i < n; i++) k2[i] = f1[i]! - k1[i]!;
      solve(matrix, n, k2);
      for (let i = 0; i < n; i++) {
        k2[i]! += k1[i]!;
        end[i] = x[i]! + h * k2[i]!;
      }
      rates(time + h, end, f2);
      for (let i = 0; i < n; i++) {
        k3[i] = f2[i]! - e32 * (k2[i]! - f1[i]!) - 2 * (k1[i]! - f0[i]!) + h * d * slope[i]!;
      }
      solve(matrix, n, k3);
      let error = 0;
      for (let i = 0; i < n; i++) {
        const own = Math.abs((h / 6) * (k1[i]! - 2 * k2[i]! + k3[i]!)) / scale[i]!;
        error = own > error || Number.isNaN(own) ? own : error;
      }
      if (error <= tolerance) {
        const outside = limit(end);
        limit(middle);
        control.stepped(time, time + h, x, middle, end);
        x.set(end);
        time = step === left ? duration : time + h;
        if (outside > 0) rates(time, x, f0);
        else f0.set(f2);
        step = h * Math.min(5, 0.9 * Math.cbrt(tolerance / Math.max(error, tolerance * 1e-3)));
        break;
      }
      step = Number.isFinite(error) ? h * Math.max(0.1, 0.9 * Math.cbrt(tolerance / error)) : 0.1 * h;
      if (!(step > 1e-15 * duration)) {
        throw new Error(`no step is small enough ${time} s into ${duration} s, at ${[...x].join(", ")}`);
      }
    }
  }
}

function fillJacobian(
  rates: Rates,
  time: number,
  x: Float64Array,
  f0: Float64Array,
  scale: Float64Array,
  shifted: Float64Array,
  f: Float64Array,
  jacobian: Float64Array,
): void {
  const n = x.length;
  for (let j = 0; j < n; j++) {
    shifted.set(x);
    const by = 1e-7 * scale[j]!;
    shifted[j]! += by;
    rates(time, shifted, f);
    for (let i = 0; i < n; i++) {
      const entry = (f[i]! - f0[i]!) / by;
      jacobian[i * n + j] = Number.isFinite(entry) ? entry : 0;
    }
  }
}

/** Triangular factors in place; systems of one to four variables, well scaled, need no exchange of rows. */
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
