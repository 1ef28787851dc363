import { type Cells, longestOf, type NoiseSplit, type PreparedDevice, type Stimulus } from "../devices/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";

/**
 * Cells that are several devices of one population in parallel: their currents add. Device d of cell i is number d * count + i of `population`;
 * what is done to a cell here is done to each of its devices, and what is to be done to one of them is done to the population.
 */
export interface ParallelCells extends Cells {
  readonly devices: number;
  /** All devices of all cells, [devices][count]. */
  readonly population: Cells;
}

/** The same device model, so many of its devices in parallel being one cell. */
export function inParallel(device: PreparedDevice, devices: number): PreparedDevice {
  if (devices === 1) return device;
  return {
    ...device,
    targetRange: devices * device.targetRange,
    targetLow: devices * device.targetLow,
    devicesPerCell: devices * device.devicesPerCell,
    create: (engine, count, draw, switches) =>
      parallelCells(engine, device.create(engine, devices * count, draw, switches), devices),
  };
}

/** The devices behind cells: several each, or the cells themselves. */
export function devicesOf(cells: Cells): { readonly devices: number; readonly population: Cells } {
  const several = cells as Partial<ParallelCells>;
  return several.population ? (cells as ParallelCells) : { devices: 1, population: cells };
}

/** @param population  devices times as many cells */
export function parallelCells(engine: Engine, population: Cells, devices: number): ParallelCells {
  const count = population.count / devices;
  const ofDevices = (selected: Uint32Array | undefined): Uint32Array | undefined => {
    if (!selected) return undefined;
    const all = new Uint32Array(devices * selected.length);
    for (let d = 0; d < devices; d++)
      for (let k = 0; k < selected.length; k++) all[d * selected.length + k] = d * count + selected[k]!;
    return all;
  };
  /** Adds up [devices][count] into [count]. */
  const sum = (parts: Float32Array | Float64Array, out: Float32Array | Float64Array, selected?: Uint32Array): void => {
    for (let k = 0; k < (selected ?? out).length; k++) {
      const i = selected ? selected[k]! : k;
      let total = 0;
      for (let d = 0; d < devices; d++) total += parts[d * count + i]!;
      out[i] = total;
    }
  };
  /** Room for a read's currents and work, kept: of a few selected cells nothing else is touched. */
  let room: { readonly currents: Float64Array; readonly joules: Float64Array } | null = null;
  /** Lends arrays over all devices. */
  const lend = <T>(use: (first: Float32Array, second: Float32Array) => T): T => {
    const mark = engine.memory.mark();
    const made = use(engine.memory.float32(devices * count), engine.memory.float32(devices * count));
    engine.memory.release(mark);
    return made;
  };
  /** What is done to all devices, with its work added up. */
  const working = (work: Float64Array, deed: (own: Float64Array) => void, selected?: Uint32Array): void => {
    const mark = engine.memory.mark();
    const own = engine.memory.float64(devices * count).fill(0);
    deed(own);
    for (const i of selected ?? work.keys()) for (let d = 0; d < devices; d++) work[i]! += own[d * count + i]!;
    engine.memory.release(mark);
  };
  const shared = (target: Float32Array, use: (each: Float32Array) => void): void =>
    lend((each) => {
      for (let d = 0; d < devices; d++) for (let i = 0; i < count; i++) each[d * count + i] = target[i]! / devices;
      use(each);
    });
  return {
    count,
    devices,
    population,
    get clock() {
      return population.clock;
    },
    get timeless() {
      return population.timeless ?? false;
    },
    save: () => population.save(),
    restore: (bytes) => population.restore(bytes),
    elapse(seconds, temperature) {
      if (typeof seconds === "number") {
        population.elapse(seconds, temperature);
        return;
      }
      if (longestOf(seconds) === 0) return;
      const mark = engine.memory.mark();
      const each = engine.memory.float64(devices * count);
      for (let d = 0; d < devices; d++) each.set(seconds, d * count);
      population.elapse(each, temperature);
      engine.memory.release(mark);
    },
    conductance(out) {
      lend((each) => {
        population.conductance(each);
        sum(each, out);
      });
    },
    current(voltage, out, during) {
      const each = new Float64Array(devices * count);
      population.current(voltage, each, during);
      sum(each, out);
    },
    read(stimulus: Stimulus, reading, current, work, selected) {
      const wanted = ofDevices(selected);
      if (selected && wanted && population.readFew) {
        const [few, works] = [new Float64Array(wanted.length), new Float64Array(wanted.length)];
        if (population.readFew(stimulus, reading, wanted, few, works)) {
          for (let k = 0; k < selected.length; k++) {
            let [total, joules] = [0, 0];
            for (let at = k; at < few.length; at += selected.length) {
              total += few[at]!;
              joules += works[at]!;
            }
            current[selected[k]!] = total;
            work[selected[k]!]! += joules;
          }
          return;
        }
      }
      room ??= { currents: new Float64Array(devices * count), joules: new Float64Array(devices * count) };
      const { currents, joules } = room;
      population.read(stimulus, reading, currents, joules, wanted);
      sum(currents, current, selected);
      for (let k = 0; k < (wanted ?? joules).length; k++) {
        const i = wanted ? wanted[k]! : k;
        work[i % count]! += joules[i]!;
        joules[i] = 0;
      }
    },
    readNoise(split: NoiseSplit, reading, centre, deviation, selected) {
      lend((centres, deviations) => {
        population.readNoise(split, reading, centres, deviations, ofDevices(selected));
        sum(centres, centre, selected);
        for (const i of selected ?? deviation.keys()) {
          let variance = 0;
          for (let k = i; k < deviations.length; k += count) variance += deviations[k]! * deviations[k]!;
          deviation[i] = Math.sqrt(variance);
        }
      });
    },
    ...(population.reversal
      ? {
          reversal(out: Float32Array) {
            lend((factors, conductances) => {
              population.reversal!(factors);
              population.conductance(conductances);
              for (let i = 0; i < count; i++) {
                let [forward, backward] = [0, 0];
                for (let k = i; k < factors.length; k += count) {
                  forward += conductances[k]!;
                  backward += factors[k]! * conductances[k]!;
                }
                out[i] = forward > 0 ? backward / forward : 1;
              }
            });
          },
        }
      : {}),
    heldShare: (split) => population.heldShare(split),
    apply(stimulus, work, selected) {
      working(work, (own) => population.apply(stimulus, own, ofDevices(selected)), selected);
    },
    ...(population.reset
      ? { reset: (event: number, selected?: Uint32Array) => population.reset!(event, ofDevices(selected)) }
      : {}),
    get limited() {
      return population.limited ?? { clipped: 0, stuck: 0 };
    },
    ...(population.program
      ? { program: (target: Float32Array, event: number) => shared(target, (each) => population.program!(each, event)) }
      : {}),
    ...(population.replace
      ? {
          replace: (conductance: Float32Array, drifts: boolean) =>
            shared(conductance, (each) => population.replace!(each, drifts)),
        }
      : {}),
  };
}
