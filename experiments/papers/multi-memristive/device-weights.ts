import {
  Arbitration,
  type ArbitrationSpec,
  refreshPairs,
  SynapseArray,
  type UpdateWork,
  usualRefreshShares,
} from "../../../circuits/index.ts";
import { devicesOf, inParallel } from "../../../crossbar/index.ts";
import type { Cells, NoiseSplit, PreparedDevice } from "../../../devices/index.ts";
import { at, type Draw, fillNormal, fillWords } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { everything } from "./phase-change.ts";
import { requestedPulses } from "./requested-pulses.ts";
import { addRows, gradient, multipliedTransposed, type TrainedWeights } from "./trained-weights.ts";

/** How conductances stand for weights: w = (sum G+ - sum G-) / scale, or w = (sum G - offset) / scale where there is one set. */
export interface WeightMapping {
  readonly arrangement: "single" | "differential";
  /** Devices of a synapse, of both sets together. */
  readonly devices: number;
  /** S, of all devices of a set. */
  readonly offset: number;
  readonly scale: number;
  /** Weight that a pulse is taken to change. */
  readonly step: number;
}

/** S: a device's share of the scale and of the offset, and what one pulse is taken to add. */
const [pairScale, singleScale, singleOffset, pulse] = [8e-6, 4e-6, 4e-6, 0.77e-6];

/** @param devices  N; of a differential synapse half of them in each set */
export function mappingOf(arrangement: WeightMapping["arrangement"], devices: number): WeightMapping {
  const each = arrangement === "differential" ? devices / 2 : devices;
  const scale = each * (arrangement === "differential" ? pairScale : singleScale);
  const offset = arrangement === "differential" ? 0 : each * singleOffset;
  return { arrangement, devices, offset, scale, step: pulse / scale };
}

/** J by what was done, and how often. */
export interface DeviceActivity {
  reads: number;
  potentiation: number;
  depression: number;
  pulses: { potentiation: number; depression: number };
}

/** S, what a device's share of a set is refreshed by: 0.75 and 0.25 of it. */
const refreshSpan = 9e-6;
/** Standard deviations of read noise beyond which no pair is taken for high. */
const beyond = 6;

/** Noise is fresh at every read: the set's is white. */
const fresh: NoiseSplit = { mode: "perRead", window: 0 };

/**
 * Weights that are conductances of phase-change devices. A product is that of all devices' conductances now, with the read noise of all of them:
 * its normal has the variance of the sum, which is exact for noise that is normal and independent. Steps are whole pulses under arbitration.
 */
export class DeviceWeights implements TrainedWeights {
  readonly rows: number;
  readonly columns: number;
  /** Its devices and the circuit that says which of them a pulse goes to. */
  readonly array: SynapseArray;
  readonly activity: DeviceActivity = {
    reads: 0,
    potentiation: 0,
    depression: 0,
    pulses: { potentiation: 0, depression: 0 },
  };
  readonly #engine: Engine;
  readonly #mapping: WeightMapping;
  readonly #draws: { readonly read: Draw; readonly rounding: Draw };
  readonly #read: PreparedDevice["operation"]["read"];
  /** As last read, [rows][columns]: weight, variance of its read, S of all its devices. */
  readonly #weight: Float32Array;
  readonly #variance: Float32Array;
  readonly #total: Float32Array;
  /** S, of a row and of a column. */
  readonly #rowTotal: Float64Array;
  readonly #columnTotal: Float64Array;
  /** Room for conductances of synapses, and for the inputs of a product. */
  readonly #room: {
    readonly centre: Float32Array;
    readonly deviation: Float32Array;
    readonly firsts: Uint32Array;
    readonly values: Float64Array;
    readonly squares: Float64Array;
  };
  readonly #gradient: Float32Array;
  /** Synapses that the last update pulsed, ascending. */
  readonly #changed: number[] = [];
  #reads = 0;
  #steps = 0;

  /** @param device  one; a synapse has several */
  constructor(
    engine: Engine,
    device: PreparedDevice,
    mapping: WeightMapping,
    counters: Pick<ArbitrationSpec, "potentiationCounter" | "depressionCounter">,
    [rows, columns]: readonly [number, number],
    draw: Draw,
  ) {
    const count = rows * columns;
    const differential = mapping.arrangement === "differential";
    const devices = differential ? mapping.devices / 2 : mapping.devices;
    const cell = inParallel(device, devices);
    const set = (name: string): Cells => cell.create(engine, count, at(draw, name), everything);
    const arbitration: ArbitrationSpec = { devices, policy: "global-clock", increment: 1, ...counters };
    this.rows = rows;
    this.columns = columns;
    this.array = new SynapseArray(
      set("positive"),
      differential ? set("negative") : null,
      cell.operation,
      mapping.arrangement,
      new Arbitration(arbitration, count, draw),
    );
    this.#engine = engine;
    this.#mapping = mapping;
    this.#draws = { read: at(draw, "read"), rounding: at(draw, "rounding") };
    this.#read = cell.operation.read;
    [this.#weight, this.#variance, this.#total] = [
      new Float32Array(count),
      new Float32Array(count),
      new Float32Array(count),
    ];
    this.#rowTotal = new Float64Array(rows);
    this.#columnTotal = new Float64Array(columns);
    this.#room = {
      centre: new Float32Array(count),
      deviation: new Float32Array(count),
      firsts: new Uint32Array(rows),
      values: new Float64Array(rows),
      squares: new Float64Array(rows),
    };
    this.#gradient = new Float32Array(count);
    // Requests come in the order of synapses.
    this.array.watch = ({ cell }) => {
      if (this.#changed.at(-1) !== cell) this.#changed.push(cell);
    };
    this.look();
  }

  /** Without read noise, [rows][columns]. */
  get weights(): Float32Array {
    return this.#weight;
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    const { rows, columns } = this;
    const { firsts, values, squares } = this.#room;
    const [y, variances] = [new Float32Array(vectors * columns), new Float32Array(vectors * columns)];
    let driven = 0;
    for (let v = 0; v < vectors; v++) {
      let count = 0;
      for (let i = 0; i < rows; i++) {
        const value = x[v * rows + i]!;
        if (value === 0) continue;
        firsts[count] = i * columns;
        values[count] = value;
        squares[count++] = value * value;
        driven += value * value * this.#rowTotal[i]!;
      }
      const [from, to] = [v * columns, (v + 1) * columns];
      addRows(y.subarray(from, to), this.#weight, firsts, values, count);
      addRows(variances.subarray(from, to), this.#variance, firsts, squares, count);
    }
    this.#addNoise(y, variances);
    this.activity.reads += driven * this.#joules;
    return y;
  }

  /** The largest number of each vector is read at the whole read voltage. */
  multiplyTransposed(d: Float32Array, vectors: number): Float32Array {
    const { columns } = this;
    const e = multipliedTransposed(d, this.#weight, vectors, columns);
    const squares = d.map((value) => value * value);
    this.#addNoise(e, multipliedTransposed(squares, this.#variance, vectors, columns));
    for (let v = 0; v < vectors; v++) {
      let [largest, driven] = [0, 0];
      for (let c = 0; c < columns; c++) {
        const square = squares[v * columns + c]!;
        largest = Math.max(largest, square);
        driven += square * this.#columnTotal[c]!;
      }
      if (largest > 0) this.activity.reads += (driven / largest) * this.#joules;
    }
    return e;
  }

  step(x: Float32Array, d: Float32Array, vectors: number, rate: number): void {
    gradient(x, d, vectors, this.#gradient);
    const { memory } = this.#engine;
    const mark = memory.mark();
    const words = memory.int32(this.#gradient.length);
    fillWords(this.#engine, this.#draws.rounding, this.#steps++, words);
    const { selected, counts } = requestedPulses(this.#gradient, rate / this.#mapping.step, words);
    memory.release(mark);
    this.pulse(counts, selected);
  }

  /** Whole pulses that synapses ask for. @param selected  synapses, ascending @param counts  above 0 potentiating, [selected] */
  pulse(counts: Int16Array, selected: Uint32Array): void {
    if (selected.length === 0) return;
    this.#changed.length = 0;
    this.#book(this.array.update(counts, selected));
    if (this.#changed.length > 0) this.look(Uint32Array.from(this.#changed));
  }

  /**
   * Reads all pairs and writes those anew whose sets are both high.
   *
   * @param event  numbers the refresh
   * @returns how many those were
   */
  refresh(event: number): number {
    const { devices, scale } = this.#mapping;
    const high = (devices / 2) * refreshSpan;
    const { larger, smaller } = usualRefreshShares;
    const near: number[] = [];
    for (let i = 0; i < this.#total.length; i++) {
      const sum = this.#total[i]!;
      const difference = Math.abs(this.#weight[i]!) * scale;
      const noise = beyond * Math.sqrt(this.#variance[i]!) * scale;
      if ((sum + difference) / 2 + noise <= larger * high) continue;
      if ((sum - difference) / 2 + noise > smaller * high) near.push(i);
    }
    const among = Uint32Array.from(near);
    // The rest is read too.
    this.activity.reads += this.#joules * this.#rowTotal.reduce((sum, total) => sum + total, 0);
    for (const i of among) this.activity.reads -= this.#joules * this.#total[i]!;
    if (among.length === 0) return 0;
    const spec = { low: 0, high, larger, smaller, step: pulse, read: this.#read, readTime: this.#read.width };
    const { pairs, readWork, erased, written } = refreshPairs(this.array, spec, event, among);
    this.activity.reads += readWork;
    this.#book(erased);
    this.#book(written);
    if (pairs.length > 0) this.look(pairs);
    return pairs.length;
  }

  /** Adds up what an update cost. */
  #book({ works, pulses }: Pick<UpdateWork, "works" | "pulses">): void {
    const { activity } = this;
    for (const sign of ["potentiation", "depression"] as const) {
      activity[sign] += works[sign];
      activity.pulses[sign] += pulses[sign];
    }
  }

  /** Lets time pass, the same for all devices. */
  elapse(seconds: number): void {
    for (const cells of this.#sets) cells.elapse(seconds);
  }

  /** Takes conductances and their noise as they are now. @param selected  synapses that changed, ascending; absent: all */
  look(selected?: Uint32Array): void {
    const { offset, scale } = this.#mapping;
    const { centre, deviation } = this.#room;
    const [weights, variances, totals] = [this.#weight, this.#variance, this.#total];
    const [rowTotals, columnTotals, columns] = [this.#rowTotal, this.#columnTotal, this.columns];
    const count = selected?.length ?? weights.length;
    for (let k = 0; k < count; k++) {
      const i = selected ? selected[k]! : k;
      rowTotals[Math.floor(i / columns)]! -= totals[i]!;
      columnTotals[i % columns]! -= totals[i]!;
      weights[i] = -offset / scale;
      variances[i] = 0;
      totals[i] = 0;
    }
    for (const cells of this.#sets) {
      cells.readNoise(fresh, 0, centre, deviation, selected);
      const sign = cells === this.array.positive ? 1 : -1;
      for (let k = 0; k < count; k++) {
        const i = selected ? selected[k]! : k;
        weights[i]! += (sign * centre[i]!) / scale;
        variances[i]! += (deviation[i]! / scale) ** 2;
        totals[i]! += centre[i]!;
      }
    }
    for (let k = 0; k < count; k++) {
      const i = selected ? selected[k]! : k;
      rowTotals[Math.floor(i / columns)]! += totals[i]!;
      columnTotals[i % columns]! += totals[i]!;
    }
  }

  /** Pulses that devices had: the sum, and the most of one. */
  wear(): { readonly pulses: number; readonly maximum: number; readonly devices: number } {
    let [pulses, maximum, devices] = [0, 0, 0];
    for (const cells of this.#sets) {
      const { population } = devicesOf(cells);
      const each = new Float64Array(population.count);
      population.wear!(each);
      devices += each.length;
      for (const own of each) {
        pulses += own;
        maximum = Math.max(maximum, own);
      }
    }
    return { pulses, maximum, devices };
  }

  get #sets(): Cells[] {
    const { positive, negative } = this.array;
    return negative ? [positive, negative] : [positive];
  }

  #addNoise(out: Float32Array, variances: Float32Array): void {
    const { memory } = this.#engine;
    const mark = memory.mark();
    const normals = memory.float32(out.length);
    fillNormal(this.#engine, this.#draws.read, this.#reads++, normals);
    for (let k = 0; k < out.length; k++) out[k]! += Math.sqrt(variances[k]!) * normals[k]!;
    memory.release(mark);
  }

  /** J for every S that the read voltage is across. */
  get #joules(): number {
    return this.#read.voltage ** 2 * this.#read.width;
  }
}
