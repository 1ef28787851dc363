import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { judged, notRun } from "../../../experiments/papers/claims.ts";
import { composed } from "../../../experiments/papers/composed.ts";
import { arbitration } from "../../../experiments/papers/multi-memristive/arbitration.ts";
import type { Paper, PaperPart, PaperStep } from "../../../experiments/papers/paper.ts";
import { type PaperRun, runPaper } from "../../../experiments/papers/run-paper.ts";
import { InterruptedError } from "../../../src/ground/errors.ts";
import type { Pool } from "../../../src/ground/jobs/pool.ts";
import { openEngine } from "../../../src/ground/kernels/index.ts";

/** Runs steps here, in the order that `order` gives them. */
function poolHere(paper: Paper, order: (steps: number) => number[]): Pool {
  return {
    threads: 1,
    async map(_task, inputs, watch) {
      for (const index of order(inputs.length)) {
        if (watch.signal.aborted) throw new InterruptedError("interrupted");
        const { step } = inputs[index] as { step: PaperStep };
        const { signal, progress } = watch;
        const digits = () => Promise.reject(new Error("not asked for"));
        watch.done(index, (await paper.run(step, { signal, progress, openEngine, digits })) as never);
      }
      return [];
    },
    async close() {},
  };
}

const inOrder = (steps: number) => Array.from({ length: steps }, (_, index) => index);

async function run(
  paper: Paper,
  { order = inOrder, kept = new Map<string, string>(), resume = false, stopAfter = Infinity } = {},
) {
  const stopping = new AbortController();
  let ran = 0;
  const outcome = await runPaper(
    paper,
    { quick: true, seed: 1 },
    {
      pool: poolHere(paper, order),
      kept: {
        read: ({ name }) => (kept.has(name) ? JSON.parse(kept.get(name)!) : undefined),
        write: ({ name }, result) => kept.set(name, JSON.stringify(result)),
      },
      resume,
      signal: stopping.signal,
      digits: null,
      stage: () => ({ progress() {} }),
      finished() {
        ran++;
        if (ran >= stopAfter) stopping.abort();
      },
    },
  );
  return { ...outcome, ran, kept };
}

const named = { name: "of-test", title: "A paper of tests", source: "boybat-2018" };
const sum: PaperPart = {
  name: "sum",
  steps: () => [1, 2, 3, 4].map((value) => ({ name: `${value}`, input: { value: Math.sqrt(value) }, amount: 1 })),
  run: async ({ input }) => ({ values: Float64Array.of(input.value as number, -0) }),
  conclude(done) {
    const values = [...done.values()].map((result) => (result as { values: number[] }).values[0]!);
    const total = values.reduce((a, b) => a + b, 0);
    const bounds = { id: "9.a", text: "Sum of roots", unit: "1", low: 6, high: 6.2, howKnown: "derived" } as const;
    return {
      claims: [done.size === 4 ? judged(bounds, total) : notRun(bounds, "stopped before")],
      figures: [],
      energy: { total: 1, byComponent: { sums: 1 } },
      standIns: ["roots"],
    };
  },
};
const products: PaperPart = {
  ...sum,
  name: "products",
  conclude: (done, quick) => {
    const { claims, ...rest } = sum.conclude(done, quick);
    return { ...rest, claims: claims.map((claim) => ({ ...claim, id: "8.a" })) };
  },
};

const schema = JSON.parse(readFileSync(new URL("../../../docs/schemas/paper.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strictTypes: false }).compile(schema);

/** As the command writes it. */
function written(result: PaperRun): unknown {
  const head = { crossohm: "0.1.0", command: "paper", arguments: [], seed: 1, kernels: {}, warnings: [] };
  return JSON.parse(JSON.stringify({ ...head, ...result, runtime: { seconds: 1, threads: 1, peakMemory: 1 } }));
}

describe("a paper's run", () => {
  it("holds the claims of arbitration, and is what the schema says", async () => {
    const { result, interrupted } = await run(composed(named, [sum, arbitration]));
    expect(interrupted).toBe(false);
    expect(result.claims.map(({ id, held }) => [id, held])).toEqual([
      ["3.a", true],
      ["3.b", true],
      ["3.c", true],
      ["9.a", true],
    ]);
    expect(result.energy.total).toBeCloseTo(
      Object.values(result.energy.byComponent).reduce((a, b) => a + b, 0),
      15,
    );
    expect(validate(written(result)) ? [] : validate.errors).toEqual([]);
  });

  it("gives the same in whatever order steps end, and from whichever an earlier run kept", async () => {
    const paper = composed(named, [sum, products]);
    const whole = await run(paper);
    const backwards = await run(paper, { order: (steps) => inOrder(steps).reverse() });
    expect(backwards.result).toEqual(whole.result);
    const stopped = await run(paper, { stopAfter: 5 });
    expect([stopped.interrupted, stopped.ran, stopped.kept.size]).toEqual([true, 5, 5]);
    expect(stopped.result.steps.notRun.length).toBe(stopped.result.steps.all - 5);
    // The first part's four steps ended, and one of the other's.
    expect(stopped.result.claims.map(({ id, held }) => [id, held])).toEqual([
      ["8.a", null],
      ["9.a", true],
    ]);
    expect(validate(written(stopped.result)) ? [] : validate.errors).toEqual([]);
    const resumed = await run(paper, { kept: stopped.kept, resume: true });
    expect(resumed.ran).toBe(whole.result.steps.all - 5);
    expect(resumed.result).toEqual({ ...whole.result, steps: { ...whole.result.steps, kept: 5 } });
  });

  it("judges a claim by its band, ends included", () => {
    const bounds = { id: "1.a", text: "x", unit: "1", low: 1, high: 2, howKnown: "paper" } as const;
    expect([0.999, 1, 2, 2.001].map((value) => judged(bounds, value).held)).toEqual([false, true, true, false]);
    expect(judged({ ...bounds, high: null }, 1e9).held).toBe(true);
    // A result that is no number is a failure, not a success.
    expect(judged(bounds, Number.NaN).held).toBe(false);
    expect(notRun(bounds, "why")).toMatchObject({ value: null, held: null, reason: "why" });
  });

  it("does not let a step keep what is no number", async () => {
    const broken = composed(named, [{ ...sum, run: async () => ({ value: Number.NaN }) }]);
    await expect(run(broken)).rejects.toThrow('step "sum: 1" gave value = NaN');
  });
});
