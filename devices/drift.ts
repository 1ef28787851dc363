import type { Engine } from "../src/ground/kernels/index.ts";

/** What power-law drift needs of each cell, one element per cell. */
export interface DriftingCells {
  /** Conductance at age `origin`, S. */
  readonly programmed: Float32Array;
  /** nu, dimensionless. */
  readonly exponent: Float32Array;
  /** When each cell was programmed, s. */
  readonly programmedAt: Float64Array;
}

/**
 * Power-law drift: G(t) = G_programmed (age / origin)^-nu, age = now - programmedAt; a cell of age 0 or less has not drifted.
 *
 * @param now s
 * @param origin s, the age at which the conductance is the programmed one
 * @param out receives conductances, S; may be `cells.programmed`
 * @source Le Gallo et al., Adv. Electron. Mater. 4, 1700627 (2018), doi:10.1002/aelm.201700627
 */
export function drift(engine: Engine, cells: DriftingCells, now: number, origin: number, out: Float32Array): void {
  if (!engine.kernels) {
    driftPlain(cells, now, origin, out);
    return;
  }
  const { memory } = engine;
  engine.kernels.drift(
    memory.address(cells.programmed),
    memory.address(cells.exponent),
    memory.address(cells.programmedAt),
    now,
    1 / origin,
    memory.address(out),
    out.length,
  );
}

/** Twin of the kernel; they agree within 2e-6 relative, and exactly at age = origin. */
export function driftPlain(cells: DriftingCells, now: number, origin: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const age = now - cells.programmedAt[i]!;
    out[i] = cells.programmed[i]! * (age > 0 ? (age / origin) ** -cells.exponent[i]! : 1);
  }
}
