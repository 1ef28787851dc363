import type { Cells, Operation } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import { devicesOf } from "../parallel-cells.ts";

/** Where alternating pulses took cells, S, [cells]; means over the last pairs. */
export interface SymmetryPoint {
  /** Between what a cell is after its potentiating and after its depressing pulses. */
  readonly conductance: Float32Array;
  /** What a potentiating pulse added there, and a depressing one: equal but for their sign where the point is reached. */
  readonly up: Float32Array;
  readonly down: Float32Array;
  /** J of all pulses, all cells together. */
  readonly work: number;
}

/**
 * The symmetry points of pulsed cells, where a potentiating and a depressing pulse undo each other: alternating single pulses take every
 * cell there, whatever its own steps are, and there the cells stay. Cells whose steps do not depend on their state have none: their
 * steps say so, as they are not equal, or equal everywhere. Pulses go to every device of a cell.
 *
 * @param operation  whose pulses alternate, the potentiating one first
 * @param pairs  so many of both; the distance to the point falls by e in about window / (2 step) of them under soft bounds
 * @param averaged  the last so many pairs that means are taken over; absent: half of them
 * @throws where no pulse of either sign is known
 * @source Kim et al., arXiv:1907.10228 (2019); Gokmen & Haensch, Front. Neurosci. 14, 103 (2020), doi:10.3389/fnins.2020.00103
 */
export function symmetryPoint(
  cells: Cells,
  { potentiate, depress }: Operation,
  pairs: number,
  averaged = Math.ceil(pairs / 2),
): SymmetryPoint {
  const { population } = devicesOf(cells);
  if (!population.train || !potentiate || !depress) {
    throw new InputError("symmetry point: this device model has no pulses of both signs to alternate");
  }
  for (const [name, value] of [
    ["pairs", pairs],
    ["averaged", averaged],
  ] as const) {
    if (!(Number.isInteger(value) && value >= 1 && value <= pairs)) {
      throw new InputError(`symmetry point: ${name} is ${value}, expected a whole number from 1 to ${pairs}`);
    }
  }
  const sums = { conductance: sumsOf(cells), up: sumsOf(cells), down: sumsOf(cells) };
  let [before, after] = [new Float32Array(cells.count), new Float32Array(cells.count)];
  const counts = new Int16Array(population.count);
  let work = 0;
  const pulse = (sign: 1 | -1): void => {
    const done = population.train!({ potentiate, depress, counts: counts.fill(sign) }, null);
    work += done.potentiation + done.depression;
  };
  for (let pair = 0; pair < pairs; pair++) {
    const counted = pair >= pairs - averaged;
    if (pair === pairs - averaged) cells.conductance(before);
    for (const [sign, steps] of [
      [1, sums.up],
      [-1, sums.down],
    ] as const) {
      pulse(sign);
      if (!counted) continue;
      cells.conductance(after);
      for (let i = 0; i < after.length; i++) {
        sums.conductance[i]! += after[i]!;
        steps[i]! += after[i]! - before[i]!;
      }
      [before, after] = [after, before];
    }
  }
  return {
    conductance: Float32Array.from(sums.conductance, (sum) => sum / (2 * averaged)),
    up: Float32Array.from(sums.up, (sum) => sum / averaged),
    down: Float32Array.from(sums.down, (sum) => sum / averaged),
    work,
  };
}

function sumsOf(cells: Cells): Float64Array {
  return new Float64Array(cells.count);
}
