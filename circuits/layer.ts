import { type NoiseSplit, type ProgrammingWork, programmedAtOnce } from "../devices/index.ts";
import type { Draw } from "../src/ground/draws/index.ts";
import type { EventSink, OperationEvent } from "../src/ground/events.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import { driveInputs, drivesCodes } from "./drive.ts";
import { compensationPlace, type Ledger } from "./energy/index.ts";
import type { ConverterCounters } from "./histograms.ts";
import { vectorsPerRead } from "./line-product.ts";
import { type LayerOptions, type LayerWeights, type PlacedTile, placeTiles, withTargets } from "./placed-tile.ts";
import { passesOf, productTime, type Term, type TileSpec } from "./tile-spec.ts";
import { readVectors, type Vectors } from "./vectors.ts";

/** Full scales of a layer's converters. */
export interface LayerRanges {
  /** In the unit of the inputs. */
  readonly inputRange: number;
  /** S, of every tile in order: groups, in them row tiles, in them column tiles. */
  readonly outputRanges: readonly number[];
}

/** Room for the numbers of a batch's parts, so that no two reads share a draw. */
const chunksPerBatch = 2 ** 16;

/** A layer's weights on as many tiles as they need: row tiles are summed digitally, groups have sub-arrays of their own. */
export class TileLayer {
  readonly name: string;
  readonly spec: TileSpec;
  readonly groups: number;
  readonly rows: number;
  readonly columns: number;
  /** Weights whose target lies above the target range. */
  readonly weightsHeld: number;
  readonly engine: Engine;
  readonly product: LayerWeights;
  readonly options: LayerOptions;
  readonly placed: readonly PlacedTile[];
  /** Tiles of one row of them, by group. */
  readonly #rowTiles: readonly (readonly (readonly PlacedTile[])[])[];
  readonly #parts: readonly Term["part"][];
  #inputRange = 1;
  #inputs = { clipped: 0, count: 0 };
  #outputs = { clipped: 0, count: 0 };
  #counters: ConverterCounters | null = null;

  constructor(engine: Engine, product: LayerWeights, options: LayerOptions, draw: Draw) {
    const { spec } = options;
    this.name = product.name;
    this.spec = spec;
    this.groups = product.groups;
    this.rows = product.rows;
    this.columns = product.columns;
    this.engine = engine;
    this.product = product;
    this.options = options;
    this.placed = placeTiles(engine, product, options, drivesCodes(spec), draw);
    this.#parts = this.placed[0]!.tile.parts;
    this.#rowTiles = Array.from({ length: product.groups }, (_, group) => {
      const ofGroup = this.placed.filter((placed) => placed.group === group);
      const rowTiles = new Set(ofGroup.map(({ rowTile }) => rowTile));
      return [...rowTiles].map((rowTile) => ofGroup.filter((placed) => placed.rowTile === rowTile));
    });
    this.weightsHeld = this.placed.reduce(
      (sum, placed) => sum + withTargets(engine, product, options, placed, () => {}),
      0,
    );
  }

  get tiles(): number {
    return this.placed.length;
  }

  /** Devices in use: two cells for every weight, each of as many devices as its model sums. */
  get devices(): number {
    return 2 * this.options.device.devicesPerCell * this.groups * this.rows * this.columns;
  }

  /** Digital weight per siemens of every output, [group][row tile][column]. */
  get weightPerSiemens(): number[][][] {
    return Array.from({ length: this.groups }, (_, group) => {
      const rowTiles = new Map(
        this.placed.filter((placed) => placed.group === group).map(({ rowTile, scales }) => [rowTile, scales]),
      );
      return [...rowTiles.values()].map((scales) => [...scales].map((scale) => (scale > 0 ? 1 / scale : 0)));
    });
  }

  setRanges({ inputRange, outputRanges }: LayerRanges): void {
    this.#inputRange = inputRange;
    for (const [index, { tile }] of this.placed.entries()) tile.forward.outputRange = outputRanges[index]!;
  }

  /** Counts what reaches the converters from now on, until told null. */
  watchConverters(counters: ConverterCounters | null): void {
    this.#counters = counters;
    for (const { tile } of this.placed) tile.forward.outputWatch = counters && ((share) => counters.outputs.add(share));
  }

  /**
   * Programs every pair to its target, all tiles at once; `event` numbers the programming.
   *
   * @returns what pulses and verify reads took, the seconds being those of the slowest tile, which the others wait for; null where the
   *   device has published statistics of programming
   */
  program(event: number): ProgrammingWork | null {
    const works = this.placed.map((placed) => {
      let work: ProgrammingWork | null = null;
      withTargets(this.engine, this.product, this.options, placed, (positive, negative) => {
        work = placed.tile.array.program(positive, negative, event);
      });
      return work as ProgrammingWork | null;
    });
    const done = programmedAtOnce(works);
    if (done) for (const [k, { tile }] of this.placed.entries()) tile.array.elapse(done.seconds - works[k]!.seconds);
    return done;
  }

  elapse(seconds: number): void {
    for (const { tile } of this.placed) tile.array.elapse(seconds);
  }

  hold(split: NoiseSplit, reading: number): void {
    for (const { tile } of this.placed) tile.hold(split, reading);
  }

  heldShare(split: NoiseSplit): number | null {
    return this.placed[0]!.tile.array.positive.heldShare(split);
  }

  /**
   * y = x W as the tiles give it, without bias.
   *
   * @param purpose  what is read, part of the noise's address: "images" or "compensation"
   * @param batch  number of the batch, the other part
   * @param ledger  receives what happened; null where it is not counted
   * @param out  receives the result; a new array where there is none
   * @param call  how many calls for this batch, each with as many vectors, went before: the third part of the address
   * @returns [group][vector][column]
   */
  multiply(
    inputs: Vectors,
    vectors: number,
    purpose: string,
    batch: number,
    ledger: Ledger | null,
    out: Float32Array = new Float32Array(this.groups * vectors * this.columns),
    call = 0,
  ): Float32Array {
    const chunks = Math.ceil(vectors / vectorsPerRead);
    if ((call + 1) * chunks > chunksPerBatch) {
      throw new Error(`${this.name}: more than ${chunksPerBatch} reads in a batch would share noise`);
    }
    for (let chunk = 0; chunk < chunks; chunk++) {
      const first = chunk * vectorsPerRead;
      const count = Math.min(vectorsPerRead, vectors - first);
      const event = batch * chunksPerBatch + call * chunks + chunk;
      for (let group = 0; group < this.groups; group++) {
        this.#multiplyChunk(inputs, vectors, group, first, count, purpose, event, ledger, out);
      }
    }
    if (ledger) {
      if (purpose === "images") this.#outputs.count += vectors * this.#conversions;
      this.reportRead(vectors, this.#place(purpose), (event) => ledger.add(event));
    }
    return out;
  }

  #multiplyChunk(
    inputs: Vectors,
    vectors: number,
    group: number,
    first: number,
    count: number,
    purpose: string,
    event: number,
    ledger: Ledger | null,
    out: Float32Array,
  ): void {
    const { memory } = this.engine;
    const mark = memory.mark();
    const values = memory.float32(count * this.columns).fill(0);
    const x = memory.float32(count * this.rows);
    readVectors(this.engine, inputs, vectors, this.rows, group, first, count, x);
    if (this.#counters && this.#inputRange > 0) {
      for (let i = 0; i < x.length; i++) this.#counters.inputs.add(x[i]! / this.#inputRange);
    }
    for (const inRow of this.#rowTiles[group]!) {
      const before = memory.mark();
      const [start, end] = inRow[0]!.rows;
      const height = end - start;
      const range = this.#inputRange > 0 ? this.#inputRange : 1;
      const part = x.subarray(start);
      const counted = ledger !== null;
      const {
        inputs: driven,
        activity,
        clipped,
      } = driveInputs(this.engine, this.spec, this.#parts, part, count, height, this.rows, range, counted);
      for (const { tile, columns, scales } of inRow) {
        const outputScale = memory.float32(tile.columns);
        for (let j = 0; j < tile.columns; j++) {
          const scale = scales[columns[0] + j]!;
          outputScale[j] = scale > 0 ? this.#inputRange / scale : 0;
        }
        const saturated = tile.multiply(driven, purpose, event, outputScale, values, this.columns, columns[0]);
        if (!ledger) continue;
        if (purpose === "images") this.#outputs.clipped += saturated;
        const { voltage, time } = this.spec;
        let volts = 0;
        for (let i = 0; i < height; i++) volts += activity[i]! * tile.lineConductance[i]!;
        ledger.add({
          operation: "cellRead",
          place: this.#place(purpose),
          count: 2 * this.options.device.devicesPerCell * count * height * tile.columns,
          work: voltage * voltage * time * volts,
        });
      }
      if (ledger && purpose === "images") {
        this.#inputs.clipped += clipped;
        this.#inputs.count += count * height;
      }
      memory.release(before);
    }
    out.set(values, (group * vectors + first) * this.columns);
    memory.release(mark);
  }

  /** Conversions of one vector. */
  get #conversions(): number {
    return passesOf(this.spec).length * this.placed.reduce((sum, { tile }) => sum + tile.columns, 0);
  }

  /**
   * What reading so many vectors takes beside the cells' own work. Durations are those of vectors one after another; tiles of
   * a layer work at the same time.
   */
  reportRead(vectors: number, place: string, sink: EventSink): void {
    const { spec } = this;
    const report = (event: Omit<OperationEvent, "place">): void => sink({ ...event, place });
    const lines = this.placed.reduce((sum, { tile }) => sum + tile.rows, 0);
    const conversions = vectors * this.#conversions;
    const { integration, conversion } = this.timing();
    report({ operation: "cellRead", count: 0, duration: vectors * integration });
    if (spec.inputLevels > 0) report({ operation: "inputConversion", count: vectors * lines * spec.phases });
    report({ operation: "wordLineDrive", count: vectors * lines * spec.phases });
    if (spec.outputLevels > 0) {
      report({ operation: "outputConversion", count: conversions, duration: vectors * conversion });
    }
    report({ operation: "accumulate", count: conversions });
    report({ operation: "bufferRead", count: vectors * this.groups * this.rows * bytesOf(spec.inputLevels) });
    report({ operation: "bufferWrite", count: vectors * this.groups * this.columns * bytesOf(spec.outputLevels) });
  }

  /** s of one vector: all tiles work at the same time, so the widest sets the conversions. */
  timing(): { integration: number; conversion: number } {
    return productTime(this.spec, Math.max(...this.placed.map(({ tile }) => tile.columns)));
  }

  #place(purpose: string): string {
    return purpose === "compensation" ? compensationPlace : this.name;
  }

  /** Conversions of images counted with a ledger so far. */
  clipping(): { inputs: { clipped: number; count: number }; outputs: { clipped: number; count: number } } {
    return { inputs: { ...this.#inputs }, outputs: { ...this.#outputs } };
  }
}

/** Bytes of one converted value in the buffers; two where there is no converter. */
export function bytesOf(levels: number): number {
  return levels > 0 && levels <= 127 ? 1 : 2;
}
