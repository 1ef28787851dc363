import { execFileSync } from "node:child_process";

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
 * Times numpy, aihwkit and CrossSim, where they are installed, on one thread of their own processes: `CROSSOHM_PYTHON` names the
 * interpreter that has them, else `python3` is tried; `CROSSOHM_CROSSSIM` names a checkout of CrossSim.
 */
export function timePeers(): PeerTimes {
  const python = process.env.CROSSOHM_PYTHON ?? "python3";
  const tile = timesOf(python, "bench/peers/noisy_tile.py", {});
  if (!tile) {
    return { times: [], missing: [`no numpy behind ${python}: set CROSSOHM_PYTHON to compare with peers`] };
  }
  const devices = timesOf(python, "bench/peers/devices.py", {});
  const checkout = process.env.CROSSOHM_CROSSSIM;
  const crossSim = checkout ? timesOf(python, "bench/peers/crosssim_tile.py", { PYTHONPATH: checkout }) : null;
  const reason = checkout
    ? `no CrossSim that ${python} can run in ${checkout}`
    : "set CROSSOHM_CROSSSIM to its checkout";
  return {
    times: [...tile.times, ...(devices?.times ?? []), ...(crossSim?.times ?? [])],
    missing: [...tile.missing, ...(crossSim?.missing ?? [`CrossSim is left out: ${reason}`])],
  };
}

const unitOf: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, ms: 1e-3 };

/** Rows that a script prints, one JSON object a line; null where it does not run. */
function timesOf(python: string, script: string, environment: Record<string, string>): PeerTimes | null {
  const oneThread = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  let printed: string;
  try {
    printed = execFileSync(python, [script], {
      encoding: "utf8",
      env: { ...process.env, ...oneThread, ...environment },
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
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
