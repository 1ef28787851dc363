import { named } from "./cases.ts";
import { namedDevices } from "./device-cases.ts";
import type { KernelTime } from "./kernels.ts";
import { namedUpdates } from "./learning-cases.ts";
import type { PeerTime } from "./peers.ts";

/** One of ours beside peers that do the same work. */
interface Comparison {
  readonly title: string;
  readonly ours: string;
  /** Names of peers' cases begin so; the fastest counts, or their sum where each is a part of the work. */
  readonly theirs: readonly string[];
  readonly sum?: true;
  /** The ratio asked for: ours over theirs. */
  readonly goal: number;
}

const comparisons: readonly Comparison[] = [
  {
    title: "noisy product, batch 128: numpy, aihwkit",
    ours: named.constant,
    theirs: ["numpy, noisy tile", "aihwkit, torch tile, batch 128", "aihwkit, C++ tile, batch 128"],
    goal: 1,
  },
  {
    title: "programmed cells, no fresh noise, batch 128: CrossSim",
    ours: named.held,
    theirs: ["CrossSim, no fresh noise, batch 128"],
    goal: 1,
  },
  {
    title: "fresh noise in every cell, batch 128: CrossSim",
    ours: named.exact,
    theirs: ["CrossSim, fresh noise in every cell"],
    goal: 0.01,
  },
  {
    title: "one vector with fresh noise: aihwkit",
    ours: named.exactSingle,
    theirs: ["aihwkit, torch tile, batch 1,", "aihwkit, C++ tile, batch 1,"],
    goal: 1,
  },
  {
    title: "one vector, no fresh noise: CrossSim",
    ours: named.heldSingle,
    theirs: ["CrossSim, no fresh noise, batch 1,"],
    goal: 1,
  },
  {
    title: "program and drift a tile: aihwkit",
    ours: named.programAndDrift,
    theirs: ["aihwkit, program a tile", "aihwkit, drift a tile"],
    sum: true,
    goal: 0.2,
  },
  {
    title: "relaxation of 2^20 devices: numpy",
    ours: namedDevices.relaxation,
    theirs: ["numpy, relaxation of devices"],
    goal: 1,
  },
  {
    title: "pulse on 2^20 soft-bounds devices: numpy",
    ours: namedDevices.softBounds,
    theirs: ["numpy, soft-bounds pulse of devices"],
    goal: 0.25,
  },
  {
    title: "pulse on 2^20 accumulating cells: numpy, soft bounds",
    ours: namedDevices.accumulation,
    theirs: ["numpy, soft-bounds pulse of devices"],
    goal: 0.25,
  },
  ...(["constant", "softBounds"] as const).flatMap((law): Comparison[] => {
    const steps = law === "constant" ? "constant steps" : "soft bounds";
    const ours = namedUpdates[law];
    return [
      { title: `update, ${steps}: aihwkit`, ours, theirs: [`aihwkit, 31-pulse update, ${steps}`], goal: 0.1 },
      { title: `update, ${steps}: a loop in C++`, ours, theirs: [`C++, 31-pulse update, ${steps}`], goal: 1 },
    ];
  }),
];

/** A line a comparison whose peers were timed: ratios of medians and of bests, and the goal. */
export function comparisonsOf(kernels: readonly KernelTime[], peers: readonly PeerTime[]): string {
  const head = `${"ours over theirs".padEnd(60)}${"medians".padStart(11)}${"bests".padStart(11)}${"goal".padStart(8)}`;
  const lines = comparisons.flatMap(({ title, ours, theirs, sum, goal }) => {
    const mine = kernels.find(({ name }) => name === ours)!;
    const rivals = peers.filter(({ name }) => theirs.some((start) => `${name},`.startsWith(start)));
    if (rivals.length === 0 || (sum && rivals.length < theirs.length)) return [];
    const of = (figure: "median" | "best"): number => {
      const times = rivals.map((rival) => rival[figure]);
      return mine[figure] / (sum ? times.reduce((all, time) => all + time, 0) : Math.min(...times));
    };
    const [median, best] = [of("median"), of("best")];
    const text = [median, best, goal].map((ratio) => ratio.toPrecision(2));
    const reached = median <= goal ? "reached" : best <= goal ? "reached by bests" : "not reached";
    return [`${title.padEnd(60)}${text[0]!.padStart(11)}${text[1]!.padStart(11)}${text[2]!.padStart(8)}  ${reached}`];
  });
  return [head, ...lines].join("\n");
}
