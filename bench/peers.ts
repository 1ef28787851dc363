import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A peer's time, s each: a vector, a tile or a sample. */
export interface PeerTime {
  readonly name: string;
  readonly median: number;
  readonly best: number;
}

export interface PeerTimes {
  readonly times: readonly PeerTime[];
  /** What was left out, a line each. */
  readonly missing: readonly string[];
}

/**
 * Times numpy, aihwkit, CrossSim and a loop compiled by g++ (or what `CXX` names), where they are installed, on one thread of their own processes: `CROSSOHM_PYTHON` names the
 * interpreter that has them, else `python3` is tried; `CROSSOHM_CROSSSIM` names a checkout of CrossSim.
 */
export function timePeers(): PeerTimes {
  const python = process.env.CROSSOHM_PYTHON ?? "python3";
  const compiled = timesOfCompiled("bench/peers/update.cpp");
  const tile = timesOf(python, "bench/peers/noisy_tile.py", {});
  if (!tile) {
    const missing = `no numpy behind ${python}: set CROSSOHM_PYTHON to compare with peers`;
    return { times: compiled.times, missing: [...compiled.missing, missing] };
  }
  const devices = timesOf(python, "bench/peers/devices.py", {});
  const learning = timesOf(python, "bench/peers/learning.py", {});
  const checkout = process.env.CROSSOHM_CROSSSIM;
  const crossSim = checkout ? timesOf(python, "bench/peers/crosssim_tile.py", { PYTHONPATH: checkout }) : null;
  const reason = checkout
    ? `no CrossSim that ${python} can run in ${checkout}`
    : "set CROSSOHM_CROSSSIM to its checkout";
  return {
    times: [
      ...tile.times,
      ...(devices?.times ?? []),
      ...(learning?.times ?? []),
      ...compiled.times,
      ...(crossSim?.times ?? []),
    ],
    missing: [...tile.missing, ...compiled.missing, ...(crossSim?.missing ?? [`CrossSim is left out: ${reason}`])],
  };
}

const unitOf: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3 };

/** Rows that a script prints, one JSON object a line; null where it does not run. */
function timesOf(python: string, script: string, environment: Record<string, string>): PeerTimes | null {
  const oneThread = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const printed = printedBy(python, [script], { ...oneThread, ...environment });
  return printed === null ? null : rowsOf(printed);
}

/** Rows of a program that g++ compiles first. */
function timesOfCompiled(source: string): PeerTimes {
  const compiler = process.env.CXX ?? "g++";
  const folder = mkdtempSync(join(tmpdir(), "crossohm-bench-"));
  const program = join(folder, "program");
  const compiled = printedBy(compiler, ["-O3", "-march=native", "-o", program, source], {}) !== null;
  const printed = compiled ? printedBy(program, [], {}) : null;
  rmSync(folder, { recursive: true });
  if (printed !== null) return rowsOf(printed);
  return { times: [], missing: [`no compiler behind ${compiler}: the loop in C++ is left out`] };
}

/** null where it does not run. */
function printedBy(program: string, options: readonly string[], environment: Record<string, string>): string | null {
  try {
    return execFileSync(program, options, {
      encoding: "utf8",
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
}

function rowsOf(printed: string): PeerTimes {
  const times: PeerTime[] = [];
  const missing: string[] = [];
  for (const line of printed.split("\n").filter((text) => text.startsWith("{"))) {
    const row = JSON.parse(line) as { case: string; unit: string; median: number; best: number } | { missing: string };
    if ("missing" in row) missing.push(row.missing);
    else {
      const unit = unitOf[row.unit]!;
      times.push({ name: row.case, median: row.median * unit, best: row.best * unit });
    }
  }
  return { times, missing };
}
