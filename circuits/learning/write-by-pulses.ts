import type { ConductanceSteps } from "../../crossbar/index.ts";
import { devicesOf } from "../../crossbar/index.ts";
import type { Cells, Operation, ProgrammingWork } from "../../devices/index.ts";

/** Rounds of pulses and reads at most, and the part of what is missing that each asks for. */
const rounds = 100;
const part = 1 / 4;
/** Numbers of reads apart from those of other programmings. */
const firstReading = 2 ** 41;

/**
 * Brings cells nearer to their targets by the pulses they learn with, from the state as made: for devices whose parameter set has no scheme of
 * write and verify. All cells are read, with all noise; those off by more than half a pulse get a quarter of the pulses that are missing, and are
 * read again. What only grows stays above a target that it starts above.
 *
 * @param target  S, [cells]
 * @param steps  of one device
 */
export function writeByPulses(
  cells: Cells,
  { read, potentiate, depress }: Operation,
  steps: ConductanceSteps,
  target: Float32Array,
): ProgrammingWork {
  const { devices, population } = devicesOf(cells);
  const { count } = cells;
  const current = new Float64Array(count);
  const [readWork, pulseWork] = [new Float64Array(count), new Float64Array(population.count)];
  const sums = { pulses: 0, reads: 0, seconds: 0 };
  let open = Uint32Array.from({ length: count }, (_, i) => i);
  for (let round = 0; ; round++) {
    const reading = firstReading + round;
    cells.read({ voltage: read.voltage, duration: read.width, programming: reading }, reading, current, readWork, open);
    sums.reads += open.length;
    let seconds = open.length * read.width;
    const pulsesFor = (i: number): number => {
      const missing = target[i]! - current[i]! / read.voltage;
      const step = missing > 0 ? steps.potentiate : steps.depress;
      if (step === null || !(Math.abs(missing) > step / 2)) return 0;
      const each = Math.max(1, Math.floor((part * Math.abs(missing)) / (devices * step)));
      return Math.sign(missing) * Math.min(each, 1000);
    };
    open = open.filter((i) => pulsesFor(i) !== 0);
    if (round === rounds || open.length === 0) {
      cells.elapse(seconds);
      sums.seconds += seconds;
      break;
    }
    const selected = new Uint32Array(devices * open.length);
    const counts = new Int16Array(selected.length);
    for (let d = 0, k = 0; d < devices; d++) {
      for (const i of open) {
        selected[k] = d * count + i;
        counts[k++] = pulsesFor(i);
      }
    }
    for (const pulses of counts) {
      sums.pulses += Math.abs(pulses);
      seconds += pulses > 0 ? pulses * potentiate!.width : -pulses * depress!.width;
    }
    // One cell after another.
    const pulses = { potentiate: potentiate!, depress: depress ?? potentiate! };
    population.train!({ ...pulses, counts, selected, lasting: seconds }, pulseWork);
    sums.seconds += seconds;
  }
  const total = (work: Float64Array): number => work.reduce((sum, joules) => sum + joules, 0);
  return { cells: count, ...sums, pulseWork: total(pulseWork), readWork: total(readWork), missed: open.length };
}
