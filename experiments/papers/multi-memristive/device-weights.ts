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
import { gradient, multiplied, multipliedTransposed, type TrainedWeights } from "./trained-weights.ts";

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
  readonly #draw: Draw;
  readonly #read: PreparedDevice["operation"]["read"];
  /** As last read, [rows][columns]: weight, variance of its read, S of all its devices. */
  readonly #weight: Float32Array;
  readonly #variance: Float32Array;
  readonly #total: Float32Array;
  /** S, of a row and of a column. */
  readonly #rowTotal: Float64Array;
  readonly #columnTotal: Float64Array;
  readonly #room: { readonly centre: Float32Array; readonly deviation: Float32Array };
  readonly #gradient: Float32Array;
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
    this.#draw = draw;
    this.#read = cell.operation.read;
    [this.#weight, this.#variance, this.#total] = [
      new Float32Array(count),
      new Float32Array(count),
      new Float32Array(count),
    ];
    this.#rowTotal = new Float64Array(rows);
    this.#columnTotal = new Float64Array(columns);
    this.#room = { centre: new Float32Array(count), deviation: new Float32Array(count) };
    this.#gradient = new Float32Array(count);
    this.look();
  }

  /** Without read noise, [rows][columns]. */
  get weights(): Float32Array {
    return this.#weight;
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    const y = multiplied(x, this.#weight, vectors, this.columns);
    const squares = x.map((value) => value * value);
    this.#addNoise(y, multiplied(squares, this.#variance, vectors, this.columns));
    this.#count(squares, this.#rowTotal, 1);
    return y;
  }

  /** The largest number of each vector is read at the whole read voltage. */
  multiplyTransposed(d: Float32Array, vectors: number): Float32Array {
    const e = multipliedTransposed(d, this.#weight, vectors, this.columns);
    const squares = d.map((value) => value * value);
    this.#addNoise(e, multipliedTransposed(squares, this.#variance, vectors, this.columns));
    for (let v = 0; v < vectors; v++) {
      const own = squares.subarray(v * this.columns, (v + 1) * this.columns);
      const largest = own.reduce((a, b) => Math.max(a, b), 0);
      if (largest > 0) this.#count(own, this.#columnTotal, 1 / largest);
    }
    return e;
  }

  step(x: Float32Array, d: Float32Array, vectors: number, rate: number): void {
    gradient(x, d, vectors, this.#gradient);
    const { memory } = this.#engine;
    const mark = memory.mark();
    const words = memory.int32(this.#gradient.length);
    fillWords(this.#engine, at(this.#draw, "rounding"), this.#steps++, words);
    const { selected, counts } = requestedPulses(this.#gradient, rate / this.#mapping.step, words);
    memory.release(mark);
    if (selected.length === 0) return;
    this.#book(this.array.update(counts, selected));
    this.look(selected);
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
    const read = this.#read.voltage ** 2 * this.#read.width;
    this.activity.reads += read * this.#rowTotal.reduce((sum, total) => sum + total, 0);
    for (const i of among) this.activity.reads -= read * this.#total[i]!;
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
    const places = selected ?? this.#weight.keys();
    for (const i of places) {
      const total = this.#total[i]!;
      this.#rowTotal[Math.floor(i / this.columns)]! -= total;
      this.#columnTotal[i % this.columns]! -= total;
    }
    for (const [s, cells] of this.#sets.entries()) {
      cells.readNoise(fresh, 0, centre, deviation, selected);
      for (const i of selected ?? this.#weight.keys()) {
        const [before, sign] = s === 0 ? [-offset / scale, 1] : [this.#weight[i]!, -1];
        this.#weight[i] = before + (sign * centre[i]!) / scale;
        this.#variance[i] = (s === 0 ? 0 : this.#variance[i]!) + (deviation[i]! / scale) ** 2;
        this.#total[i] = (s === 0 ? 0 : this.#total[i]!) + centre[i]!;
      }
    }
    for (const i of selected ?? this.#weight.keys()) {
      const total = this.#total[i]!;
      this.#rowTotal[Math.floor(i / this.columns)]! += total;
      this.#columnTotal[i % this.columns]! += total;
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
    fillNormal(this.#engine, at(this.#draw, "read"), this.#reads++, normals);
    for (let k = 0; k < out.length; k++) out[k]! += Math.sqrt(variances[k]!) * normals[k]!;
    memory.release(mark);
  }

  /** J of reads whose voltages have these squares, in units of the read voltage's. */
  #count(squares: Float32Array, totals: Float64Array, share: number): void {
    let sum = 0;
    for (let k = 0; k < squares.length; k++) {
      const square = squares[k]!;
      if (square > 0) sum += square * totals[k % totals.length]!;
    }
    this.activity.reads += share * sum * this.#read.voltage ** 2 * this.#read.width;
  }
}
