import type { KnownTree } from "../src/ground/known.ts";
import { leafAt } from "../src/ground/known-tree.ts";
import type { Cells, Operation, Pulse, WriteVerifyScheme } from "./device.ts";
import { pulseAt } from "./operation.ts";
import { numberAt, wholeNumberAt } from "./values.ts";

/** What programming took, all cells together. */
export interface ProgrammingWork {
  readonly cells: number;
  readonly pulses: number;
  readonly reads: number;
  /** J: integrals of V I over the pulses, and over the verify reads. */
  readonly pulseWork: number;
  readonly readWork: number;
  /** s, one cell after another. */
  readonly seconds: number;
  /** Cells whose last read was still too far from its target. */
  readonly missed: number;
}

/**
 * The leaves `programming` of a parameter set (data/devices/common.yaml); pulses it does not name are those of its `operation`. Null where
 * there are not pulses of both signs.
 */
export function writeVerifyScheme(values: KnownTree, operation: Operation): WriteVerifyScheme | null {
  const own = (key: string): Pulse | null =>
    leafAt(values, `programming.${key}.voltage`) ? pulseAt(values, `programming.${key}`) : null;
  const potentiate = own("potentiate") ?? operation.potentiate;
  const depress = own("depress") ?? operation.depress;
  if (!potentiate || !depress) return null;
  return {
    potentiate,
    depress,
    read: operation.read,
    settle: own("settle"),
    tolerance: numberAt(values, "programming.tolerance", 1e-6, 1),
    pulses: wholeNumberAt(values, "programming.pulses", 1, 100_000),
    growth: numberAt(values, "programming.growth", 0, 1),
  };
}

/** Rungs of the ladder of voltages below and above the set's own pulse. */
const lowest = -16;
const highest = 16;
/** Rungs that the pulses of one sign go down when they have overshot, so that they become finer around the target. */
const turn = 3;

/**
 * Programs every cell to its target by pulses of growing voltage, each verified by a read with all its noise. Cells are programmed one
 * after another in their order, and every one then waits until the last is done: their ages differ.
 *
 * @param target  S, [cells]
 * @param span  S between the lowest and the highest target, which the scheme's tolerance is a share of
 * @param event  numbers this programming; its reads draw their noise by it
 */
export function writeVerify(
  cells: Cells,
  scheme: WriteVerifyScheme,
  target: Float32Array,
  span: number,
  event: number,
): ProgrammingWork {
  const { read, potentiate, depress, settle } = scheme;
  const { count } = cells;
  const work = new Float64Array(count);
  const current = new Float64Array(count);
  const seconds = new Float64Array(count);
  const sign = new Int8Array(count);
  const rungs = { up: new Int8Array(count), down: new Int8Array(count) };
  let open = Uint32Array.from({ length: count }, (_, i) => i);
  const sums = { pulses: 0, reads: 0, pulseWork: 0, readWork: 0 };
  /** J of the cells that are still open, done since it was last asked. */
  const workDone = (): number => {
    let sum = 0;
    for (const i of open) {
      sum += work[i]!;
      work[i] = 0;
    }
    return sum;
  };
  for (let pulse = 0; ; pulse++) {
    const reading = event * (scheme.pulses + 1) + pulse;
    const verify = { voltage: read.voltage, duration: read.width, programming: reading };
    cells.read(verify, reading, current, work, open);
    sums.reads += open.length;
    for (const i of open) seconds[i]! += read.width;
    sums.readWork += workDone();
    open = open.filter((i) => Math.abs(current[i]! / read.voltage - target[i]!) > scheme.tolerance * span);
    if (pulse === scheme.pulses || open.length === 0) break;
    for (const [own, indices] of pulsesOf(open, current, target, read, sign, rungs)) {
      const { voltage, width } = own > 0 ? potentiate : depress;
      const at = Math.abs(own) - 1 + lowest;
      const stimulus = { voltage: voltage * (1 + scheme.growth) ** at, duration: width, programming: reading };
      cells.apply(stimulus, work, indices);
      for (const i of indices) seconds[i]! += width;
    }
    if (settle) {
      const held = { voltage: settle.voltage, duration: settle.width, continues: true, programming: reading };
      cells.apply(held, work, open);
      for (const i of open) seconds[i]! += settle.width;
    }
    sums.pulses += open.length;
    sums.pulseWork += workDone();
  }
  let later = 0;
  const waits = new Float64Array(count);
  for (let i = count - 1; i >= 0; i--) {
    waits[i] = later;
    later += seconds[i]!;
  }
  cells.elapse(waits);
  return { cells: count, ...sums, seconds: later, missed: open.length };
}

/** Which cells get the same pulse next: by its rung, counted from 1, with the sign of the voltage. */
function pulsesOf(
  open: Uint32Array,
  current: Float64Array,
  target: Float32Array,
  read: Pulse,
  sign: Int8Array,
  rungs: { readonly up: Int8Array; readonly down: Int8Array },
): Map<number, Uint32Array> {
  const groups = new Map<number, number[]>();
  for (const i of open) {
    const wanted = current[i]! / read.voltage < target[i]! ? 1 : -1;
    const [rising, own] = wanted > 0 ? [rungs.up, 1] : [rungs.down, -1];
    if (sign[i] === wanted) rising[i] = Math.min(highest, rising[i]! + 1);
    else if (sign[i] !== 0) {
      const overshot = wanted > 0 ? rungs.down : rungs.up;
      overshot[i] = Math.max(lowest, overshot[i]! - turn);
    }
    sign[i] = wanted;
    const key = own * (rising[i]! - lowest + 1);
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return new Map([...groups].map(([own, indices]) => [own, Uint32Array.from(indices)]));
}

/** What two programmings took, one after the other. */
export function addProgramming(a: ProgrammingWork, b: ProgrammingWork): ProgrammingWork {
  return {
    cells: a.cells + b.cells,
    pulses: a.pulses + b.pulses,
    reads: a.reads + b.reads,
    pulseWork: a.pulseWork + b.pulseWork,
    readWork: a.readWork + b.readWork,
    seconds: a.seconds + b.seconds,
    missed: a.missed + b.missed,
  };
}

/** What was programmed at the same time, added up; the seconds are those of the slowest. Null where nothing was pulsed. */
export function programmedAtOnce(works: readonly (ProgrammingWork | null)[]): ProgrammingWork | null {
  const pulsed = works.filter((work) => work !== null);
  if (pulsed.length === 0) return null;
  return { ...pulsed.reduce(addProgramming), seconds: Math.max(...pulsed.map(({ seconds }) => seconds)) };
}
