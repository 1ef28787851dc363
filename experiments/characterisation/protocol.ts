/** What a device is put through, checked and in SI. */
export interface Protocol {
  /** A name of the model's, or the user's file. */
  readonly name: string;
  readonly devices: number;
  /** K; null: the temperature that the parameter set holds for. */
  readonly temperature: number | null;
  readonly steps: readonly Step[];
}

export type Step = DeedStep | RepeatStep;

/** A step that does something to the devices, unlike one that repeats others. */
export type DeedStep = PulseStep | WaitStep | SweepStep | ReadStep | BiasStep | LightStep | ProgramStep | ResetStep;

interface Deed {
  /** From 0, in the order in which steps are written; the column `step`. */
  readonly number: number;
  /** File and line of the step, for errors. */
  readonly where: string;
  /** K; null: the protocol's. */
  readonly temperature: number | null;
}

export interface PulseStep extends Deed {
  readonly kind: "pulse";
  /** V. */
  readonly voltage: number;
  /** s at that voltage; edges come before and after it. */
  readonly width: number;
  /** s from start to start. */
  readonly period: number;
  readonly count: number;
  /** s. */
  readonly rise: number;
  readonly fall: number;
  /** A; null: the parameter set's. */
  readonly compliance: number | null;
}

export interface WaitStep extends Deed {
  readonly kind: "wait";
  /** s. */
  readonly time: number;
  readonly samples: number;
}

export interface SweepStep extends Deed {
  readonly kind: "sweep";
  /** V, corners of the path. */
  readonly voltage: readonly number[];
  /** V/s. */
  readonly rate: number;
  readonly samples: number;
  /** A; null: the parameter set's. */
  readonly compliance: number | null;
}

export interface ReadStep extends Deed {
  readonly kind: "read";
  /** V. */
  readonly voltage: number;
  /** s. */
  readonly width: number;
  readonly count: number;
  /** s from start to start. */
  readonly interval: number;
}

export interface BiasStep extends Deed {
  readonly kind: "bias";
  /** V. */
  readonly voltage: number;
  /** s. */
  readonly time: number;
  readonly samples: number;
  /** A; null: the parameter set's. */
  readonly compliance: number | null;
}

export interface LightStep extends Deed {
  readonly kind: "light";
  /** W/m^2. */
  readonly irradiance: number;
  /** m. */
  readonly wavelength: number;
  /** s. */
  readonly width: number;
  /** V held meanwhile. */
  readonly voltage: number;
  /** s from start to start. */
  readonly period: number;
  readonly count: number;
  /** Rows within each exposure. */
  readonly samples: number;
}

export interface ProgramStep extends Deed {
  readonly kind: "program";
  /** S. */
  readonly conductance: number;
}

export interface ResetStep extends Deed {
  readonly kind: "reset";
}

export interface RepeatStep {
  readonly kind: "repeat";
  readonly count: number;
  readonly steps: readonly Step[];
}

/** Rows of the table that one device gets from steps. */
export function rowsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + rowsOfStep(step), 0);
}

function rowsOfStep(step: Step): number {
  switch (step.kind) {
    case "pulse":
      return 1 + step.count;
    case "light":
      return 1 + step.count * step.samples;
    case "read":
      return step.count;
    case "program":
      return 2;
    case "reset":
      return 1;
    case "repeat":
      return step.count * rowsOf(step.steps);
    default:
      return step.samples;
  }
}

/** The steps that do something, in the order in which they are written: step n is entry n. */
export function deedsOf(steps: readonly Step[]): DeedStep[] {
  return steps.flatMap((step) => (step.kind === "repeat" ? deedsOf(step.steps) : [step]));
}

/** V that a path goes through from corner to corner. */
export function pathLength(corners: readonly number[]): number {
  return corners.slice(1).reduce((sum, corner, i) => sum + Math.abs(corner - corners[i]!), 0);
}

/** A protocol as its file would have it, numbers in SI, every default filled in; `step` numbers the table's rows. */
export function resolved({ name, devices, temperature, steps }: Protocol): object {
  return { name, devices, temperature, steps: steps.map(resolvedStep) };
}

function resolvedStep(step: Step): object {
  if (step.kind === "repeat") return { repeat: { count: step.count, steps: step.steps.map(resolvedStep) } };
  const { kind, number, where: _where, ...values } = step;
  return { step: number, [kind]: values };
}
