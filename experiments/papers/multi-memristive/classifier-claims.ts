import { judged, notRun } from "../claims.ts";
import type { Claim } from "../paper.ts";
import type { ClassifierPoint } from "./classifier-run.ts";
import { meanOf, rankCorrelation, standardErrorOf } from "./spread.ts";

type Bounds = Pick<Claim, "id" | "text" | "unit" | "low" | "high" | "howKnown">;

const architectures = [
  ["single", "not differential"],
  ["differential", "differential"],
] as const;

/** Claim 3.l, piece by piece, and what floating point reaches through the same code. */
export function classifierClaims(points: readonly ClassifierPoint[], quick: boolean): Claim[] {
  const id = "3.l";
  const claims: Claim[] = [];
  const complete = (some: readonly ClassifierPoint[]) => some.every(({ results, trials }) => results.length === trials);
  const accuracies = ({ results }: ClassifierPoint) => results.map(({ accuracy }) => accuracy);
  const mean = (point: ClassifierPoint) => meanOf(accuracies(point));
  const claim = (bounds: Omit<Bounds, "id">, needed: readonly ClassifierPoint[], value: () => number): void => {
    const whole = { id, ...bounds };
    claims.push(
      complete(needed) ? judged(whole, value(), quick ? smaller : undefined) : notRun(whole, "stopped before"),
    );
  };
  const float = points.find(({ weights }) => weights.kind === "float")!;
  for (const [kind, words] of architectures) {
    const own = points.filter(({ weights }) => weights.kind === kind);
    const counts = own.map(({ weights }) => ("devices" in weights ? weights.devices : 0));
    const range = `N = ${counts[0]} to ${counts.at(-1)}, ${words}`;
    const [first, last] = [own[0]!, own.at(-1)!];
    claim(
      {
        text: `Digits' classifier on devices: rank correlation of mean accuracy with N, ${range}`,
        unit: "1",
        low: 0.9,
        high: 1,
        howKnown: "paper",
      },
      own,
      () => rankCorrelation(counts, own.map(mean)),
    );
    const grows: Bounds = {
      id,
      text: `Digits' classifier on devices: accuracy of the last N above that of the first, in standard errors, ${range}`,
      unit: "1",
      low: 3,
      high: null,
      howKnown: "paper",
    };
    if (quick) claims.push(notRun(grows, "a quick run has one trial, and no standard error"));
    else
      claim(
        grows,
        [first, last],
        () =>
          (mean(last) - mean(first)) /
          Math.hypot(standardErrorOf(accuracies(first)), standardErrorOf(accuracies(last))),
      );
  }
  const trained = points.filter(({ weights }) => "devices" in weights);
  claim(
    {
      text: "Digits' classifier: mean accuracy in floating point above the best on devices",
      unit: "1",
      low: 0,
      high: null,
      howKnown: "paper",
    },
    [float, ...trained],
    () => mean(float) - Math.max(...trained.map(mean)),
  );
  const baseline: Bounds = {
    id,
    text: "Digits' classifier, 784-250-10: mean accuracy in floating point",
    unit: "1",
    low: 0.97,
    high: null,
    howKnown: "assumed",
  };
  if (quick) claims.push(notRun(baseline, "a quick run learns from too few images"));
  else claim(baseline, [float], () => mean(float));
  return claims;
}

const smaller = "at the size of a quick run";
