import { at, drawOf } from "../../../src/ground/draws/index.ts";
import type { PaperOutcome, PaperPart, PaperStep } from "../paper.ts";
import { classifierClaims } from "./classifier-claims.ts";
import { classifierFigure, classifierTable } from "./classifier-figures.ts";
import {
  amountOf,
  type ClassifierInput,
  type ClassifierPoint,
  type ClassifierResult,
  imageTime,
  refreshEvery,
  runClassifier,
  type Schedule,
} from "./classifier-run.ts";

/** What is trained in one mode. */
interface Sweep {
  readonly single: readonly number[];
  readonly differential: readonly number[];
  /** Numbered from 1: 0 was for tuning alone. */
  readonly trials: number;
  readonly devices: Schedule;
  readonly float: Schedule;
  readonly linear: Schedule;
}

const hidden = 250;

// Chosen on trial 0, which is in no result.
const full: Sweep = {
  single: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  differential: [2, 4, 6, 8, 10, 12, 14],
  trials: 5,
  devices: {
    epochs: 2,
    images: 60_000,
    batch: 100,
    firstRate: 0.02,
    lastRate: 5e-4,
    outputShare: 0.1,
    testImages: 10_000,
  },
  float: {
    epochs: 4,
    images: 60_000,
    batch: 10,
    firstRate: 0.06,
    lastRate: 1e-3,
    outputShare: 0.2,
    testImages: 10_000,
  },
  linear: {
    epochs: 4,
    images: 60_000,
    batch: 10,
    firstRate: 0.02,
    lastRate: 1e-3,
    outputShare: 1,
    testImages: 10_000,
  },
};

const few = { images: 4000, testImages: 1000 } as const;

const quickly: Sweep = {
  single: [1, 7],
  differential: [2, 14],
  trials: 1,
  devices: { ...full.devices, ...few, epochs: 1, firstRate: 0.04 },
  float: { ...full.float, ...few, epochs: 1 },
  linear: { ...full.linear, ...few, epochs: 1 },
};

/** The digits' classifier, 784-250-10, whose weights are devices: accuracy against the devices of a synapse. */
export const classifier: PaperPart = {
  name: "classifier",
  steps: (quick, seed) =>
    pointsOf(quick).flatMap(({ weights, schedule, trials }) =>
      Array.from({ length: trials }, (_, k): PaperStep => {
        const input: ClassifierInput = { weights, hidden, schedule };
        return {
          name: stepName(weights, k + 1),
          input: { seed, trial: k + 1, ...input },
          amount: amountOf(schedule),
          digits: true,
        };
      }),
    ),
  run({ input }, tools) {
    const { seed, trial, ...own } = input as unknown as ClassifierInput & { seed: number; trial: number };
    return runClassifier(own, at(drawOf(seed), "classifier", trial), tools);
  },
  conclude(done, quick): PaperOutcome {
    const points = pointsOf(quick).map(
      ({ weights, trials }): ClassifierPoint => ({
        weights,
        trials,
        results: Array.from(
          { length: trials },
          (_, k) => done.get(stepName(weights, k + 1)) as ClassifierResult,
        ).filter((result) => result !== undefined),
      }),
    );
    const sum = (kind: "reads" | "potentiation" | "depression") =>
      points.reduce((all, { results }) => results.reduce((part, { energy }) => part + energy[kind], all), 0);
    const byComponent = {
      "reads (classifier)": sum("reads"),
      "potentiation (classifier)": sum("potentiation"),
      "depression (classifier)": sum("depression"),
    };
    return {
      claims: classifierClaims(points, quick),
      figures: classifierFigure(points),
      tables: classifierTable(points),
      energy: { total: Object.values(byComponent).reduce((all, joules) => all + joules, 0), byComponent },
      standIns: standInsOf(quick),
    };
  },
};

/** Networks of one kind, and how they are trained. */
interface Planned {
  readonly weights: ClassifierInput["weights"];
  readonly schedule: Schedule;
  readonly trials: number;
}

function pointsOf(quick: boolean): Planned[] {
  const { single, differential, trials, devices, float, linear } = quick ? quickly : full;
  const onDevices = (kind: "single" | "differential", counts: readonly number[]): Planned[] =>
    counts.map((count) => ({ weights: { kind, devices: count }, schedule: devices, trials }));
  return [
    { weights: { kind: "linear" }, schedule: linear, trials: 1 },
    { weights: { kind: "float" }, schedule: float, trials },
    ...onDevices("single", single),
    ...onDevices("differential", differential),
  ];
}

function stepName(weights: ClassifierInput["weights"], trial: number): string {
  const devices = "devices" in weights ? ` N=${weights.devices}` : "";
  return `${weights.kind}${devices} trial=${trial}`;
}

function standInsOf(quick: boolean): string[] {
  const { devices, float } = quick ? quickly : full;
  return [
    `classifier: ${devices.epochs} x ${devices.images} images on devices, ${float.epochs} x ${float.images} in floating point, rates, steps of ${devices.batch} summed gradients, tanh neurons of slope 0.8 and soft maximum: the paper's own are not known; chosen on a trial that is in no result`,
    "classifier: mappings of conductances to weights, 0.77 uS for a pulse, at most four pulses a step, depression counter of 11 and refresh from 0.75 and 0.25 of 9 uS are assumed",
    "classifier: devices of pairs begin at 0.1 uS with the memory of one pulse, those of one set at 4.0 +- 0.3 uS with that of eight: assumed",
    "classifier: no converters: inputs and outputs are floating point numbers, as voltages and currents would be; noise of reads is that of all devices",
    `classifier: ${imageTime * 1e6} us an image, assumed: training ends before the devices' drift begins at 38.6 s; pairs are looked at for refresh every ${refreshEvery} images`,
  ];
}
