import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { judged, notRun } from "../claims.ts";
import type { Claim, PaperFigure, PaperOutcome, PaperPart, PaperStep, PaperTable } from "../paper.ts";
import { runSpiking, type SpikingInput, type SpikingResult, spikingSpec } from "./spiking-run.ts";
import { deviationOf, meanOf, rankCorrelation } from "./spread.ts";

/** What is run in one mode. */
interface Sweep {
  /** null: floating point. */
  readonly devices: readonly (number | null)[];
  /** Numbered from 1: 0 was for tuning alone. */
  readonly trials: number;
  readonly images: Omit<SpikingInput, "devices">;
}

const full: Sweep = {
  devices: [9, 8, 7, 6, 5, 4, 3, 2, 1, null],
  trials: 5,
  images: { learning: 5000, labelling: 2500, testing: 5000 },
};
const quickly: Sweep = {
  devices: [7, 1, null],
  trials: 1,
  images: { learning: 600, labelling: 400, testing: 500 },
};

/** One number of devices, or floating point, with what was run of it. */
interface Point {
  readonly devices: number | null;
  readonly results: readonly SpikingResult[];
}

/** The digits' spiking network, 784 x 50, that learns without labels: accuracy against the devices of a synapse. */
export const spiking: PaperPart = {
  name: "spiking",
  steps(quick, seed) {
    const { devices, trials, images } = quick ? quickly : full;
    return devices.flatMap((count) =>
      Array.from(
        { length: trials },
        (_, k): PaperStep => ({
          name: stepName(count, k + 1),
          input: { seed, trial: k + 1, devices: count, ...images },
          amount: images.learning + images.labelling + images.testing,
          digits: true,
        }),
      ),
    );
  },
  run({ input }, tools) {
    const { seed, trial, ...own } = input as unknown as SpikingInput & { seed: number; trial: number };
    return runSpiking(own, at(drawOf(seed), "spiking", trial), tools);
  },
  conclude(done, quick): PaperOutcome {
    const { devices, trials } = quick ? quickly : full;
    const points = [...devices]
      .sort((a, b) => (a ?? 0) - (b ?? 0))
      .map(
        (count): Point => ({
          devices: count,
          results: Array.from(
            { length: trials },
            (_, k) => done.get(stepName(count, k + 1)) as SpikingResult | undefined,
          ).filter((result) => result !== undefined),
        }),
      );
    const sum = (of: (energy: SpikingResult["energy"]) => number) =>
      points.reduce((all, { results }) => results.reduce((part, { energy }) => part + of(energy), all), 0);
    const byComponent = {
      "reads (spiking)": sum(({ reads, readsAfterwards }) => reads + readsAfterwards),
      "potentiation (spiking)": sum(({ potentiation }) => potentiation),
      "depression (spiking)": sum(({ depression }) => depression),
    };
    return {
      claims: claimsOf(points, trials, quick),
      figures: figureOf(points),
      tables: tableOf(points),
      energy: { total: Object.values(byComponent).reduce((all, joules) => all + joules, 0), byComponent },
      standIns: standInsOf(quick),
    };
  },
};

function stepName(devices: number | null, trial: number): string {
  return `${devices === null ? "float" : `N=${devices}`} trial=${trial}`;
}

const accuracies = ({ results }: Point): number[] => results.map(({ accuracy }) => accuracy);

function claimsOf(points: readonly Point[], trials: number, quick: boolean): Claim[] {
  const id = "3.m";
  const level = {
    id,
    text: "Digits' spiking network, 784 x 50, not differential, N = 9: mean accuracy",
    unit: "1",
    low: 0.65,
    high: 0.75,
    howKnown: "secondary",
  } as const;
  const trained = points.filter(({ devices }) => devices !== null);
  const counts = trained.map(({ devices }) => devices!);
  const order = {
    id,
    text: `Digits' spiking network: rank correlation of mean accuracy with N, N = ${counts[0]} to ${counts.at(-1)}, not differential`,
    unit: "1",
    low: 0.9,
    high: 1,
    howKnown: "paper",
  } as const;
  const complete = (some: readonly Point[]) => some.every(({ results }) => results.length === trials);
  const nine = points.filter(({ devices }) => devices === 9);
  const levelClaim = (): Claim => {
    if (quick) return notRun(level, "a quick run learns from too few images");
    return complete(nine) ? judged(level, meanOf(accuracies(nine[0]!))) : notRun(level, "stopped before");
  };
  const orderClaim = complete(trained)
    ? judged(
        order,
        rankCorrelation(
          counts,
          trained.map((point) => meanOf(accuracies(point))),
        ),
        quick ? "at the size of a quick run" : undefined,
      )
    : notRun(order, "stopped before");
  return [levelClaim(), orderClaim];
}

function figureOf(points: readonly Point[]): PaperFigure[] {
  const seen = points.filter(({ results }) => results.length > 0);
  const trained = seen.filter(({ devices }) => devices !== null);
  if (trained.length === 0) return [];
  const x = trained.map(({ devices }) => devices!);
  const y = trained.map((point) => meanOf(accuracies(point)));
  const deviation = trained.map((point) => deviationOf(accuracies(point)));
  const float = seen.find(({ devices }) => devices === null);
  const ends = [Math.min(...x), Math.max(...x)];
  const floor = float ? meanOf(accuracies(float)) : 0;
  return [
    {
      name: "spiking",
      title: "Digits told rightly by a spiking network that learned without labels",
      caption:
        "Share of test digits that 50 competing neurons tell rightly after learning by spike-timing-dependent plasticity on N phase-change devices a synapse; neurons got their labels afterwards. Points are means over trials; bars are one standard deviation.",
      x: { label: "devices in a synapse, N", unit: "1" },
      y: { label: "test accuracy", unit: "1" },
      series: [
        {
          name: "one set of N devices",
          mark: "points",
          x,
          y,
          low: y.map((value, k) => value - deviation[k]!),
          high: y.map((value, k) => value + deviation[k]!),
        },
        ...(float
          ? [{ name: "floating point", mark: "line", x: ends, y: [floor, floor], reference: true } as const]
          : []),
      ],
    },
  ];
}

function tableOf(points: readonly Point[]): PaperTable[] {
  const round = (value: number, digits: number): number => Number(value.toPrecision(digits));
  const rows = points
    .filter(({ results }) => results.length > 0)
    .map((point) => {
      const { devices, results } = point;
      const mean = (of: (result: SpikingResult) => number) => meanOf(results.map(of));
      const ofDevices = (value: number, digits: number) => (devices === null ? "" : round(value, digits));
      return [
        devices ?? "floating point",
        results.length,
        round(meanOf(accuracies(point)), 4),
        round(deviationOf(accuracies(point)), 4),
        round(
          mean(({ spikes }) => spikes),
          3,
        ),
        ofDevices(
          mean((result) => result.pulses / Math.max(1, result.devices)),
          3,
        ),
        ofDevices(
          mean(({ wear }) => wear),
          3,
        ),
        ofDevices(1e6 * mean(({ energy: { potentiation, depression } }) => potentiation + depression), 3),
        ofDevices(1e6 * mean(({ energy }) => energy.reads), 3),
      ];
    });
  if (rows.length === 0) return [];
  return [
    {
      title: "Digits' spiking network: accuracy, and what learning took, means over trials",
      columns: [
        "N",
        "trials",
        "accuracy",
        "standard deviation",
        "spikes an image",
        "pulses a device",
        "most of one device",
        "pulses (uJ)",
        "reads (uJ)",
      ],
      rows,
    },
  ];
}

function standInsOf(quick: boolean): string[] {
  const { images } = quick ? quickly : full;
  const { steps, step, rate } = spikingSpec;
  return [
    `spiking: ${images.learning} images for learning, ${images.labelling} for labels, ${images.testing} tests; ${steps} steps of ${step * 1e3} ms an image, pixels spike with ${rate} of their value a step; neurons, thresholds and who wins are assumed and were chosen on a trial that is in no result`,
    "spiking: steps of +0.01 and -0.006 are quoted by a secondary source; weights of 10 uS a device, 0.77 uS for a pulse, first conductances of 4 +- 1 uS and a depression counter of 11 are assumed",
    "spiking: the differential network is not run",
    "spiking: drift is followed every hundred images, of 10 s together",
  ];
}
