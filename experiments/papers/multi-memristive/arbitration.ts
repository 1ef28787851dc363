import { at, drawOf } from "../../../src/ground/draws/index.ts";
import { judged, notRun } from "../claims.ts";
import type { Claim, PaperFigure, PaperOutcome, PaperPart, PaperTable } from "../paper.ts";
import { type CaseOutcome, caseInWords, coverageCases, runCase } from "./coverage-cases.ts";
import {
  type DeviceTrial,
  type Growth,
  type GrowthInput,
  growthOf,
  type TrialInput,
  tryDevices,
} from "./device-trial.ts";

/** The arbitration rule by itself: one device an update, which devices are ever reached, and counters that follow what is asked for. */
export const arbitration: PaperPart = {
  name: "arbitration",
  steps(quick, seed) {
    const requests = quick ? 4000 : 40_000;
    return [
      ...coverageCases.map((one) => ({ name: caseInWords(one), input: { seed, ...one }, amount: 10 })),
      ...arrangements.map((arrangement) => ({
        name: `${arrangement} devices`,
        input: { seed, arrangement, requests },
        amount: requests / 200,
      })),
      ...growths.map(({ name, ...one }) => ({ name, input: { seed, ...one }, amount: 50 })),
    ];
  },
  async run({ name, input, amount }, tools) {
    const draw = at(drawOf(input.seed as number), "arbitration", name);
    if ("arrangement" in input) return tryDevices(input as unknown as TrialInput, draw, amount, tools);
    if ("updates" in input) return growthOf(input as unknown as GrowthInput, draw, amount, tools);
    const outcome = runCase(input as unknown as (typeof coverageCases)[number], draw);
    await tools.progress(amount);
    return outcome;
  },
  conclude(done) {
    const cases = coverageCases.flatMap((one) => (done.get(caseInWords(one)) as CaseOutcome | undefined) ?? []);
    const trials = arrangements.flatMap(
      (arrangement) => (done.get(`${arrangement} devices`) as DeviceTrial | undefined) ?? [],
    );
    const grown = growths.flatMap(({ name }) => {
      const growth = done.get(name) as Growth | undefined;
      return growth ? [{ name, ...growth }] : [];
    });
    const work = [...trials, ...grown].reduce((sum, { joules }) => sum + joules, 0);
    return {
      claims: claimsOf(cases, trials),
      figures: [...coverageFigure(cases), ...growthFigure(grown)],
      tables: cases.length > 0 ? [coverageTable(cases)] : [],
      energy: { total: work, byComponent: { "pulses (arbitration)": work } },
      standIns: [
        "arbitration: which lengths of arrays and counters are tried is the reference's choice, the paper gives none",
      ],
    } satisfies PaperOutcome;
  },
};

const arrangements = ["single", "differential"] as const;

/** A counter that leaves devices out, beside one that does not: 5 divides 200 and not 201. */
const growths = [
  { name: "S 201, N 5: all devices take turns", synapses: 201, devices: 5, updates: 100 },
  { name: "S 200, N 5: the same device for ever", synapses: 200, devices: 5, updates: 100 },
] as const;

function claimsOf(cases: readonly CaseOutcome[], trials: readonly DeviceTrial[]): Claim[] {
  const exact = { unit: "1", low: 0, high: 0 } as const;
  const onePulse = {
    id: "3.a",
    text: "Updates let through that did not program one device and no other",
    howKnown: "paper",
    ...exact,
  } as const;
  const covered = {
    id: "3.b",
    text: `Cases of ${coverageCases.length} whose coverage is not N / gcd(lcm(S, L) inc, N) in S / gcd(S, L) synapses`,
    howKnown: "derived",
    ...exact,
  } as const;
  const determined = {
    id: "3.c",
    text: "Updates at which the counters did not stand where the requests so far put them, and bytes of state that differ in a second run",
    howKnown: "derived",
    ...exact,
  } as const;
  const stopped = "stopped before";
  const tried = trials.length === arrangements.length;
  const requests = trials.reduce((sum, trial) => sum + trial.requests, 0);
  const sum = (of: (trial: DeviceTrial) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const asked = `${requests} requests of mixed sign, ${arrangements.join(" and ")}`;
  return [
    tried
      ? judged(
          onePulse,
          sum(({ notOne }) => notOne),
          asked,
        )
      : notRun(onePulse, stopped),
    cases.length === coverageCases.length
      ? judged(covered, cases.filter((one) => !isAsExpected(one)).length)
      : notRun(covered, stopped),
    tried
      ? judged(
          determined,
          sum(({ misplaced, differing }) => misplaced + differing),
          asked,
        )
      : notRun(determined, stopped),
  ];
}

function isAsExpected({ dense, expected }: CaseOutcome): boolean {
  return dense.fewest === expected.devices && dense.most === expected.devices && dense.synapses === expected.synapses;
}

function coverageTable(cases: readonly CaseOutcome[]): PaperTable {
  return {
    title:
      "What arbitration reaches: devices of N in each synapse that is ever updated, and how many synapses are. Dense: every synapse asks in every pass. Sparse: as many requests, one of ten synapses a pass.",
    columns: ["S, N", "devices expected", "dense", "synapses expected", "dense", "sparse: devices, mean", "synapses"],
    rows: cases.map((one) => [
      caseInWords(one),
      one.expected.devices,
      one.dense.fewest === one.dense.most ? one.dense.most : `${one.dense.fewest} to ${one.dense.most}`,
      one.expected.synapses,
      one.dense.synapses,
      Number(one.sparse.meanDevices.toPrecision(3)),
      one.sparse.synapses,
    ]),
  };
}

function coverageFigure(cases: readonly CaseOutcome[]): PaperFigure[] {
  if (cases.length === 0) return [];
  const x = cases.map((_, index) => index);
  const share = (of: (one: CaseOutcome) => number) => cases.map((one) => of(one) / (one.synapses * one.devices));
  return [
    {
      name: "coverage",
      title: "Share of all devices that updates ever reach",
      caption:
        "Share of an array's devices that updates ever reach, for lengths that are prime to each other and that are not. Dashes: N / gcd(lcm(S, L) inc, N) devices in S / gcd(S, L) synapses.",
      x: { label: "synapses, devices, increment, counter", unit: "1", names: cases.map(caseInWords) },
      y: { label: "share of devices reached", unit: "1" },
      series: [
        { name: "dense scans", mark: "bars", x, y: share(({ dense }) => dense.fewest * dense.synapses) },
        { name: "sparse, data-driven", mark: "points", x, y: share((one) => one.sparse.meanDevices * one.synapses) },
        {
          name: "expected in dense scans",
          mark: "line",
          x,
          y: share(({ expected }) => expected.devices * expected.synapses),
          reference: true,
        },
      ],
    },
  ];
}

function growthFigure(grown: readonly (Growth & { readonly name: string })[]): PaperFigure[] {
  if (grown.length === 0) return [];
  return [
    {
      name: "left-out",
      title: "A counter that leaves devices out",
      caption:
        "Summed conductance of a synapse of five devices, mean and one standard deviation over synapses, against the potentiations it asked for. Where the number of devices divides that of synapses, one device takes every pulse and saturates.",
      x: { label: "requested potentiations a synapse", unit: "1" },
      y: { label: "summed conductance", unit: "S" },
      series: grown.map(({ name, updates, mean, standardDeviation }) => ({
        name,
        mark: "line",
        x: updates,
        y: mean,
        low: mean.map((value, k) => value - standardDeviation[k]!),
        high: mean.map((value, k) => value + standardDeviation[k]!),
      })),
    },
  ];
}
