import type { Engine } from "../../src/ground/kernels/index.ts";
import type { HowKnown } from "../../src/ground/known.ts";

/** One line of what a published system claims, and what came out here. */
export interface Claim {
  /** The reference's row: "3.j". */
  readonly id: string;
  readonly text: string;
  /** null: not run. */
  readonly value: number | null;
  readonly unit: string;
  /** The band it is to lie in; null: no such end. */
  readonly low: number | null;
  readonly high: number | null;
  /** null: not run in this mode. */
  readonly held: boolean | null;
  /** Why it was not run, or what limits it. */
  readonly reason?: string;
  /** Where the band is from. */
  readonly howKnown: HowKnown;
}

/** A figure as data: series over a common axis. Drawn by the report. */
export interface PaperFigure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly x: PaperAxis;
  readonly y: PaperAxis;
  readonly series: readonly PaperSeries[];
}

export interface PaperAxis {
  readonly label: string;
  /** "1" for none; values are in SI. */
  readonly unit: string;
  readonly scale?: "linear" | "log";
  /** What stands at 0, 1, 2, ... in place of numbers. */
  readonly names?: readonly string[];
}

/** Rows that are read rather than drawn. */
export interface PaperTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface PaperSeries {
  readonly name: string;
  /** "band": the area between `low` and `high`. */
  readonly mark: "line" | "points" | "bars" | "band";
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Ends of error bars; of the band around a line. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** What it is compared with rather than what was computed: drawn dashed. */
  readonly reference?: boolean;
}

/**
 * A piece of a paper's work that runs by itself on one thread. It gives the same on every machine: finite numbers, words and lists of them by
 * name (typed arrays become lists), which are kept for a resume.
 */
export interface PaperStep {
  /** Unique within the paper: "correlation N=3 seed=2". */
  readonly name: string;
  /** Plain data: with the paper's name and the version all that its result depends on. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Work that it reports as progress, in units of about a millisecond: what has most of it runs first. */
  readonly amount: number;
  /** Whether it asks for digits: where there are none the run is refused before it starts. */
  readonly digits?: boolean;
}

/** Images of digits, handed down by the surface. */
export interface Digits {
  /** 0 .. 1, [count][784]. */
  readonly images: Float32Array;
  readonly labels: Uint8Array;
}

export interface StepTools {
  /** Reports work since the last call; await it, so that the thread hears of a stop. */
  progress(amount: number): void | Promise<void>;
  readonly signal: AbortSignal;
  openEngine(bytes: number): Promise<Engine>;
  digits(part: "train" | "test"): Promise<Digits>;
}

export interface PaperOutcome {
  readonly claims: readonly Claim[];
  readonly figures: readonly PaperFigure[];
  readonly tables?: readonly PaperTable[];
  /** J by what it was spent on, and the sum. */
  readonly energy: { readonly total: number; readonly byComponent: Readonly<Record<string, number>> };
  /** Every data set or detail that is not the paper's own. */
  readonly standIns: readonly string[];
}

/** What a paper is made of: its steps, what they do, and what follows from their results. */
export interface PaperPart {
  readonly name: string;
  /** @param quick  as much as runs in under a minute, all parts together */
  steps(quick: boolean, seed: number): readonly PaperStep[];
  run(step: PaperStep, tools: StepTools): Promise<unknown>;
  /** @param done  results by the names of steps; all of them, unless the run was stopped: what then is missing gives claims that were not run */
  conclude(done: ReadonlyMap<string, unknown>, quick: boolean): PaperOutcome;
}

/** A published system. */
export interface Paper extends PaperPart {
  readonly title: string;
  /** Key of data/sources.yaml. */
  readonly source: string;
}
