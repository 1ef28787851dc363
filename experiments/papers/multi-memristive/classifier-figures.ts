import type { PaperFigure, PaperSeries, PaperTable } from "../paper.ts";
import type { ClassifierPoint } from "./classifier-run.ts";
import { deviationOf, meanOf } from "./spread.ts";

const names = {
  single: "one set of N devices",
  differential: "differential, N / 2 devices a set",
  float: "floating point",
  linear: "soft maximum regression, floating point",
} as const;

const accuracies = ({ results }: ClassifierPoint) => results.map(({ accuracy }) => accuracy);

/** Accuracy against the devices of a synapse. */
export function classifierFigure(points: readonly ClassifierPoint[]): PaperFigure[] {
  const seen = points.filter(({ results }) => results.length > 0);
  const ofDevices = (["single", "differential"] as const).flatMap((kind): PaperSeries[] => {
    const own = seen.filter(({ weights }) => weights.kind === kind);
    if (own.length === 0) return [];
    const y = own.map((point) => meanOf(accuracies(point)));
    const deviation = own.map((point) => deviationOf(accuracies(point)));
    return [
      {
        name: names[kind],
        mark: "points",
        x: own.map(({ weights }) => ("devices" in weights ? weights.devices : 0)),
        y,
        low: y.map((value, k) => value - deviation[k]!),
        high: y.map((value, k) => value + deviation[k]!),
      },
    ];
  });
  if (ofDevices.length === 0) return [];
  const most = Math.max(...ofDevices.flatMap(({ x }) => x));
  const lines = (["float", "linear"] as const).flatMap((kind): PaperSeries[] => {
    const own = seen.find(({ weights }) => weights.kind === kind);
    if (!own) return [];
    const level = meanOf(accuracies(own));
    return [{ name: names[kind], mark: "line", x: [1, most], y: [level, level], reference: true }];
  });
  return [
    {
      name: "classifier",
      title: "Digits told rightly by a perceptron trained on devices",
      caption:
        "Share of test digits that 784-250-10 tells rightly after training by back-propagation on N phase-change devices a synapse. Points are means over trials with other first weights and orders of images; bars are one standard deviation.",
      x: { label: "devices in a synapse, N", unit: "1" },
      y: { label: "test accuracy", unit: "1" },
      series: [...ofDevices, ...lines],
    },
  ];
}

/** What every N came to. */
export function classifierTable(points: readonly ClassifierPoint[]): PaperTable[] {
  const rows = points
    .filter(({ results }) => results.length > 0)
    .map((point) => {
      const { weights, results } = point;
      const mean = (of: (result: ClassifierPoint["results"][number]) => number) => meanOf(results.map(of));
      const trained = "devices" in weights;
      const whole = (value: number) => (trained ? Math.round(value) : "");
      return [
        names[weights.kind],
        trained ? weights.devices : "",
        results.length,
        round(meanOf(accuracies(point)), 4),
        round(deviationOf(accuracies(point)), 4),
        trained
          ? round(
              mean(({ pulses, devices }) => pulses / devices),
              3,
            )
          : "",
        whole(mean(({ wear }) => wear)),
        whole(mean(({ refreshed }) => refreshed)),
        trained ? round(1e6 * mean(({ energy: { potentiation, depression } }) => potentiation + depression), 3) : "",
        trained ? round(1e6 * mean(({ energy }) => energy.reads), 3) : "",
      ];
    });
  if (rows.length === 0) return [];
  return [
    {
      title: "Digits' classifier: accuracy, pulses and energy of training, means over trials",
      columns: [
        "weights",
        "N",
        "trials",
        "accuracy",
        "standard deviation",
        "pulses a device",
        "most of one device",
        "pairs refreshed",
        "pulses (uJ)",
        "reads (uJ)",
      ],
      rows,
    },
  ];
}

const round = (value: number, digits: number): number => Number(value.toPrecision(digits));
