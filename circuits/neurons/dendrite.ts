import type { Cells, Pulse, Stimulus } from "../../devices/index.ts";

/** Cells between a node of a dendrite and something else, one (of one or several devices) for the node of each neuron. */
export interface DendriticConductor {
  readonly cells: Cells;
  /** V at the other end. Rest is 0 V; null: the end floats, and the cells do not count. */
  readonly end: number | null;
  readonly light?: Stimulus["light"];
  /** Whether the cells are turned round: what light drives by itself then flows the other way. */
  readonly reversed?: boolean;
}

/**
 * Voltages of the nodes that conductors meet in, where no charge stays:
 *
 *   V_d = sum(g E + i) / sum(g)
 *
 * With an excitatory conductance at E_e, a leak and a shunt to rest it is g_e E_e / (g_e + g_leak + g_sh): shunting divides. Conductance g and
 * current i at 0 V are read from the cells, with their noise and under their light.
 *
 * @param read  what cells are read with, beside a read at 0 V
 * @param reading  numbers what is drawn afresh
 * @param work  J of the reads, all cells together, [neurons], added to
 * @returns V, [neurons]
 * @source Koch, Poggio & Torre, PNAS 80, 2799 (1983), doi:10.1073/pnas.80.9.2799
 */
export function nodeVoltages(
  conductors: readonly DendriticConductor[],
  read: Pulse,
  reading: number,
  work: Float64Array,
): Float64Array {
  const [drive, total] = [new Float64Array(work.length), new Float64Array(work.length)];
  const [still, driven] = [new Float64Array(work.length), new Float64Array(work.length)];
  for (const { cells, end, light, reversed } of conductors) {
    if (end === null) continue;
    const lit = light ? { light } : {};
    cells.read({ voltage: 0, duration: read.width, ...lit }, 2 * reading, still, work);
    cells.read({ voltage: read.voltage, duration: read.width, ...lit }, 2 * reading + 1, driven, work);
    for (let n = 0; n < work.length; n++) {
      const conductance = (driven[n]! - still[n]!) / read.voltage;
      drive[n]! += conductance * end + (reversed ? still[n]! : -still[n]!);
      total[n]! += conductance;
    }
  }
  return drive.map((own, n) => own / total[n]!);
}
