import { execFileSync } from "node:child_process";

/** A peer's time for one noisy product, s a vector; or, for Gaussians, s a sample. */
export interface PeerTime {
  readonly name: string;
  readonly median: number;
  readonly best: number;
}

/**
 * Times numpy and aihwkit, where they are installed, on one thread of their own process: `CROSSOHM_PYTHON` names the
 * interpreter that has them, else `python3` is tried.
 *
 * @returns none where there is no such interpreter or no numpy; `missing` says what
 */
export function timePeers(): { readonly times: readonly PeerTime[]; readonly missing: string | null } {
  const python = process.env.CROSSOHM_PYTHON ?? "python3";
  const oneThread = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  let printed: string;
  try {
    printed = execFileSync(python, ["bench/peers/noisy_tile.py"], {
      encoding: "utf8",
      env: { ...process.env, ...oneThread },
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return { times: [], missing: `no numpy behind ${python}: set CROSSOHM_PYTHON to compare with peers` };
  }
  const times: PeerTime[] = [];
  let missing: string | null = null;
  for (const line of printed.split("\n").filter((text) => text.startsWith("{"))) {
    const row = JSON.parse(line) as { case: string; median?: number; best?: number; unit?: string };
    if (row.median === undefined) missing = row.case;
    else {
      const unit = row.case.includes("(ns)") ? 1e-9 : 1e-6;
      times.push({ name: row.case, median: row.median * unit, best: (row.best ?? row.median) * unit });
    }
  }
  return { times, missing };
}
