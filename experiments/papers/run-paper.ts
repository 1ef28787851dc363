import { InterruptedError } from "../../src/ground/errors.ts";
import type { Pool } from "../../src/ground/jobs/pool.ts";
import { paperNamed, sourceInWords } from "./catalogue.ts";
import type { Claim, Digits, Paper, PaperFigure, PaperOutcome, PaperStep, PaperTable, StepTools } from "./paper.ts";

/** Results of steps that outlive a run. */
export interface KeptSteps {
  /** The result of a step that an earlier run finished; undefined where there is none. */
  read(step: PaperStep): unknown;
  write(step: PaperStep, result: unknown): void;
}

export interface PaperSupplies {
  readonly pool: Pool;
  readonly kept: KeptSteps;
  /** Whether what was kept is used; what is finished is kept in any case. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  /** Images for steps that ask for them, in memory that threads share; null: no step does. */
  readonly digits: Readonly<Record<"train" | "test", Digits>> | null;
  stage(title: string, total: number): { progress(amount: number): void };
  /** Told of every step as it ends. */
  finished(step: PaperStep, number: number, of: number): void;
}

/** What came of a paper. */
export interface PaperRun {
  readonly paper: string;
  readonly title: string;
  /** In a line. */
  readonly source: string;
  readonly quick: boolean;
  readonly claims: readonly Claim[];
  readonly figures: readonly PaperFigure[];
  readonly tables: readonly PaperTable[];
  readonly energy: PaperOutcome["energy"];
  readonly standIns: readonly string[];
  readonly steps: {
    readonly all: number;
    /** Taken from an earlier run. */
    readonly kept: number;
    /** Names of those that were not run. */
    readonly notRun: readonly string[];
  };
}

/** What a worker is given for one step. */
export interface PaperOrder {
  readonly paper: string;
  readonly step: PaperStep;
  readonly digits: PaperSupplies["digits"];
}

/** One step, in whichever thread. */
export function runStep({ paper, step, digits }: PaperOrder, tools: Omit<StepTools, "digits">): Promise<unknown> {
  return paperNamed(paper).run(step, {
    ...tools,
    async digits(part) {
      if (!digits) throw new Error(`step "${step.name}" asks for digits and does not say so`);
      return digits[part];
    },
  });
}

/** Runs what is not kept yet, and concludes from all. */
export async function runPaper(
  paper: Paper,
  { quick, seed }: { readonly quick: boolean; readonly seed: number },
  { pool, kept, resume, signal, digits, stage, finished }: PaperSupplies,
): Promise<{ readonly result: PaperRun; readonly interrupted: boolean }> {
  const steps = paper.steps(quick, seed);
  const done = new Map<string, unknown>();
  if (resume) {
    for (const step of steps) {
      const result = kept.read(step);
      if (result !== undefined) done.set(step.name, result);
    }
  }
  const before = done.size;
  const left = steps.filter(({ name }) => !done.has(name));
  const running = stage(
    paper.name,
    left.reduce((sum, { amount }) => sum + amount, 0),
  );
  const orders = left.map((step): PaperOrder => ({ paper: paper.name, step, digits: step.digits ? digits : null }));
  let interrupted = false;
  try {
    await pool.map<PaperOrder, unknown>("paperStep", orders, {
      signal,
      progress: (amount) => running.progress(amount),
      done(index, output) {
        const step = left[index]!;
        const result = plain(output, step.name);
        kept.write(step, result);
        done.set(step.name, result);
        finished(step, done.size, steps.length);
      },
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    interrupted = true;
  }
  const { claims, figures, tables = [], energy, standIns } = paper.conclude(done, quick);
  const { name, title } = paper;
  const source = sourceInWords(paper);
  const notRun = steps.filter((step) => !done.has(step.name)).map((step) => step.name);
  const counted = { all: steps.length, kept: before, notRun };
  return {
    result: { paper: name, title, source, quick, claims, figures, tables, energy, standIns, steps: counted },
    interrupted,
  };
}

/** As it would be read back, so that a run of one piece and one that was resumed conclude from the same. */
function plain(result: unknown, step: string): unknown {
  const asKept = (key: string, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`step "${step}" gave ${key} = ${value}`);
    if (!ArrayBuffer.isView(value) || value instanceof DataView) return value;
    return Array.from(value as unknown as ArrayLike<number>);
  };
  return JSON.parse(JSON.stringify(result, asKept));
}
