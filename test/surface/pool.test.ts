import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { InputError, InterruptedError } from "../../src/ground/errors.ts";
import type { Pool } from "../../src/ground/jobs/pool.ts";
import { workerPool } from "../../src/surface/pool.ts";
import { toyTasks } from "./pool-tasks.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const house = mkdtempSync(join(tmpdir(), "crossohm-pool-"));

// A worker runs JavaScript: the few files it needs are translated here, so that the test is of today's source.
beforeAll(() => {
  const needed = [
    "src/ground/errors.ts",
    "src/surface/task.ts",
    "src/surface/serve-tasks.ts",
    "test/surface/pool-tasks.ts",
    "test/surface/pool-worker.ts",
  ];
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
  };
  for (const file of needed) {
    const target = join(house, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, ts.transpileModule(readFileSync(join(root, file), "utf8"), { compilerOptions }).outputText);
  }
  writeFileSync(join(house, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

const open: Pool[] = [];
function poolOf(threads: number): Pool {
  const worker = pathToFileURL(join(house, "test/surface/pool-worker.js"));
  const pool = workerPool({ threads, tasks: toyTasks, worker });
  open.push(pool);
  return pool;
}
afterEach(async () => {
  for (const pool of open.splice(0)) await pool.close();
});

function watchOf(controller = new AbortController()) {
  const seen = { done: new Map<number, unknown>(), progress: 0 };
  return {
    seen,
    done: (index: number, output: unknown) => void seen.done.set(index, output),
    progress: (amount: number) => {
      seen.progress += amount;
    },
    signal: controller.signal,
  };
}

describe.each([1, 2, 4])("a pool of %d threads", (threads) => {
  it("gives results in the order of inputs, whichever finishes first", async () => {
    const watch = watchOf();
    const inputs = Array.from({ length: 6 }, (_, index) => ({ index, of: 6 }));
    expect(await poolOf(threads).map("countdown", inputs, watch)).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...watch.seen.done].sort()).toEqual(inputs.map(({ index }) => [index, index]));
  });

  it("reports progress of every task", async () => {
    const watch = watchOf();
    expect(await poolOf(threads).map("square", [1, 2, 3, 4, 5], watch)).toEqual([1, 4, 9, 16, 25]);
    expect(watch.seen.progress).toBe(5);
  });

  it("makes what a task keeps once per thread, over maps too", async () => {
    const pool = poolOf(threads);
    const made = async () =>
      (await pool.map<number, number>("kept", [0, 1, 2, 3, 4, 5], watchOf())).reduce((a, b) => a + b);
    const first = await made();
    expect(first).toBeGreaterThanOrEqual(1);
    expect(first).toBeLessThanOrEqual(threads);
    expect(await made()).toBe(0);
  });

  it("carries an input error over as one", async () => {
    const refused = poolOf(threads).map("refuse", [1, 2, 3], watchOf());
    await expect(refused).rejects.toBeInstanceOf(InputError);
    await expect(refused).rejects.toThrow("chip.yaml:3: tile.rows is 512 uS");
  });

  it("carries any other error over with its name, message and place", async () => {
    const broken = poolOf(threads).map("break", [1, 2, 3], watchOf());
    await expect(broken).rejects.toMatchObject({ name: "RangeError", message: "the toy broke" });
    await expect(broken).rejects.toHaveProperty("stack", expect.stringContaining("pool-tasks"));
  });

  it("works again after a failure", async () => {
    const pool = poolOf(threads);
    await expect(pool.map("break", [1, 2, 3, 4, 5], watchOf())).rejects.toThrow("the toy broke");
    expect(await pool.map("square", [1, 2, 3], watchOf())).toEqual([1, 4, 9]);
  });

  it("names a task that does not exist", async () => {
    await expect(poolOf(threads).map("sqare", [1, 2], watchOf())).rejects.toThrow('no task "sqare"');
  });

  it("gives nothing for nothing", async () => {
    expect(await poolOf(threads).map("square", [], watchOf())).toEqual([]);
  });

  it("starts nothing once stopped", async () => {
    const controller = new AbortController();
    controller.abort();
    const watch = watchOf(controller);
    await expect(poolOf(threads).map("square", [1, 2, 3], watch)).rejects.toBeInstanceOf(InterruptedError);
    expect(watch.seen.done.size).toBe(0);
  });

  it("stops running tasks and keeps what was finished", async () => {
    const controller = new AbortController();
    const watch = watchOf(controller);
    const inputs = [0, 1, 2, 3].map((index) => ({ index, deaf: false }));
    const running = poolOf(threads).map("endless", inputs, {
      ...watch,
      progress: (amount) => {
        watch.progress(amount);
        if (watch.seen.progress > 20) controller.abort();
      },
    });
    await expect(running).rejects.toBeInstanceOf(InterruptedError);
    expect([...watch.seen.done]).toEqual([[0, 0]]);
  });
});

describe("workers", () => {
  it("hear a stop even where the task never yields", async () => {
    const controller = new AbortController();
    const inputs = [1, 2].map((index) => ({ index, deaf: true }));
    const watch = { ...watchOf(controller), progress: () => controller.abort() };
    await expect(poolOf(2).map("endless", inputs, watch)).rejects.toBeInstanceOf(InterruptedError);
  });

  it("that crash are an error with the crash's message", async () => {
    await expect(poolOf(2).map("die", [1, 2], watchOf())).rejects.toThrow("the worker itself broke");
  });

  it("that end are an error with the status, and are replaced", async () => {
    const pool = poolOf(2);
    await expect(pool.map("leave", [1, 2, 3], watchOf())).rejects.toThrow("a worker ended with exit status 7");
    expect(await pool.map("square", [1, 2, 3], watchOf())).toEqual([1, 4, 9]);
  });

  it("refuse what cannot pass between threads, either way", async () => {
    await expect(poolOf(2).map("square", [() => 1, () => 2], watchOf())).rejects.toThrow("could not be cloned");
    await expect(poolOf(2).map("uncloneable", [1, 2], watchOf())).rejects.toThrow("could not be cloned");
  });

  it("whose module does not load are an error that names it", async () => {
    const pool = workerPool({ threads: 2, tasks: toyTasks, worker: pathToFileURL(join(house, "absent.js")) });
    await expect(pool.map("square", [1, 2], watchOf())).rejects.toThrow("absent.js");
  });

  it("share memory that is shared", async () => {
    const shared = new Int32Array(new SharedArrayBuffer(8));
    await poolOf(2).map(
      "mark",
      [0, 1].map((index) => ({ shared, index })),
      watchOf(),
    );
    expect([...shared]).toEqual([1, 1]);
  });
});
