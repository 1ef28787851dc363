import { conductanceSteps, inParallel, type PulseSteps, withReachedTargets } from "../../crossbar/index.ts";
import { addProgramming, type Cells, type ProgrammingWork } from "../../devices/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { EventSink } from "../../src/ground/events.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { TileLayer } from "../layer.ts";
import { conductancesOf } from "../layer-conductances.ts";
import { vectorsPerRead } from "../line-product.ts";
import { type Arbitration, type Arrangement, type LeftOut, leftOut } from "../synapses/index.ts";
import { pulseSteps, sharingOf, stepsOfRequest, usualArrangement } from "./arrangement.ts";
import { writeFirstWeights } from "./first-weights.ts";
import { FollowingGain } from "./gain.ts";
import { type LearningLayerOptions, usualRefresh } from "./layer-options.ts";
import { LearningTile } from "./learning-tile.ts";
import type { LearningProduct } from "./product.ts";
import type { PulseTrace } from "./pulse-trace.ts";
import type { Refresh } from "./refresh.ts";
import { scaleBack, scaleVectors } from "./scaled-vectors.ts";
import { bytesOfNumbers, joinSections, numbersOfBytes, sectionsOf } from "./sections.ts";
import { transposedProduct, transposedTime } from "./transposed-product.ts";
import { type WearSummary, wearOf, wearOfEach } from "./wear.ts";
import { zeroShift } from "./zero-shifting.ts";

/** Most lines whose full-scale sums an output converter takes at first. */
const linesAtFirst = 20;

/**
 * A layer of weights on tiles of devices that learns: it is read forward and transposed through the same cells, and changes by pulses alone.
 * What it reads, with its converters and noise, is a `TileLayer`'s.
 */
export class LearningLayer implements LearningProduct {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly arrangement: Arrangement;
  /** What one requested pulse changes a weight by. */
  readonly steps: PulseSteps;
  /** What bringing the first weights onto the devices took; null where the device has published statistics of programming. */
  programming: ProgrammingWork | null;
  readonly #layer: TileLayer;
  readonly #tiles: readonly LearningTile[];
  readonly #options: LearningLayerOptions;
  /** S per unit of weight. */
  readonly #siemens: number;
  /** Of every tile: for vectors, for one word line by itself, whose sums are much smaller, and from the other side. */
  readonly #gains: readonly Readonly<Record<"forward" | "line" | "transposed", FollowingGain>>[];
  /** Numbers of the next reading, update and transposed read of a reading; s that devices have yet to wait for reads. */
  #numbers = { reading: 0, update: 0, transposed: 0, waiting: 0 };
  #clock = 0;
  /** Whether there is a reading of these devices to read transposed. */
  #held = false;
  readonly #refresh: Refresh | null;
  #refreshed = 0;
  #missed = 0;
  #trace: PulseTrace | null = null;

  /** @param weights  where it starts, [rows][columns] */
  constructor(
    engine: Engine,
    name: string,
    rows: number,
    columns: number,
    weights: Float32Array,
    options: LearningLayerOptions,
    draw: Draw,
  ) {
    const { spec, switches, fidelity, weightRange, arbitration } = options;
    const device = withReachedTargets(engine, options.device);
    this.name = name;
    this.rows = rows;
    this.columns = columns;
    this.#options = options;
    const measured = conductanceSteps(engine, device);
    this.arrangement = options.arrangement ?? usualArrangement(device, measured);
    this.#layer = new TileLayer(
      engine,
      { name, groups: 1, rows, columns, weights: [weights] },
      {
        spec,
        device: inParallel(device, arbitration.devices),
        scale: "layer",
        weightRange,
        switches,
        fidelity,
        sharing: sharingOf[this.arrangement],
      },
      draw,
    );
    this.#siemens = this.#layer.placed[0]!.scales[0]!;
    const asked = stepsOfRequest(measured, arbitration);
    this.steps = pulseSteps(asked, this.arrangement, this.#siemens);
    this.#gains = this.#layer.placed.map(({ tile }) => {
      const start = (lines: number) => Math.min(lines, linesAtFirst) * this.#siemens * weightRange;
      const transposed = tile.readTransposed();
      return {
        forward: new FollowingGain(tile.forward, start(tile.rows)),
        line: new FollowingGain(tile.forward, start(1)),
        transposed: new FollowingGain(transposed, start(tile.columns)),
      };
    });
    this.programming = writeFirstWeights(this.#layer, device, measured);
    const refreshes =
      this.arrangement === "differential" ? (options.refresh === undefined ? usualRefresh : options.refresh) : null;
    const common = {
      spec,
      device,
      arrangement: this.arrangement,
      arbitration,
      steps: this.steps,
      step: asked.potentiate,
      rule: options.rule,
      period: options.period,
      selection: options.selection ?? "transistor",
      place: name,
      sink: this.#sink,
    };
    this.#tiles = this.#layer.placed.map(
      (placed, index) => new LearningTile(engine, placed, common, at(draw, "learning", index)),
    );
    this.#refresh = refreshes && this.#tiles[0]!.synapses.erasable ? refreshes : null;
  }

  get tiles(): number {
    return this.#tiles.length;
  }

  /** s since the first weights were there. */
  get clock(): number {
    return this.#clock + this.#numbers.waiting;
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    return this.#read(x, vectors, "forward");
  }

  /** The weights of one row, read through the converters as a vector is. @returns [columns] */
  readLine(row: number): Float32Array {
    const x = new Float32Array(this.rows);
    x[row] = 1;
    return this.#read(x, 1, "line");
  }

  /** @param kind  whose full scales converters have */
  #read(x: Float32Array, vectors: number, kind: "forward" | "line"): Float32Array {
    this.#wait();
    for (const gains of this.#gains) gains[kind].use();
    const reading = this.#numbers.reading++;
    this.#numbers.transposed = 0;
    this.#layer.hold(this.#options.split, reading);
    this.#held = true;
    for (const tile of this.#tiles) tile.wasRead();
    const { values, largest } = scaleVectors(x, vectors, this.rows);
    const y = this.#layer.multiply(values, vectors, "images", reading, this.#options.ledger);
    scaleBack(y, largest, this.columns);
    this.#reportScaling(vectors, this.rows, this.columns);
    for (const gains of this.#gains) gains[kind].follow();
    const { integration, conversion } = this.#layer.timing();
    this.#numbers.waiting += vectors * (integration + conversion);
    return y;
  }

  multiplyTransposed(d: Float32Array, vectors: number): Float32Array {
    if (!this.#held) throw new Error(`${this.name} is read transposed before it is read forward`);
    const { values, largest } = scaleVectors(d, vectors, this.columns);
    for (const { transposed } of this.#gains) transposed.use();
    const e = transposedProduct(this.#layer, values, vectors, this.#siemens, this.#numbers.transposed, this.#sink);
    this.#numbers.transposed += Math.ceil(vectors / vectorsPerRead);
    scaleBack(e, largest, this.rows);
    this.#reportScaling(vectors, this.columns, this.rows);
    for (const { transposed } of this.#gains) transposed.follow();
    const { integration, conversion } = transposedTime(this.#layer);
    this.#numbers.waiting += vectors * (integration + conversion);
    return e;
  }

  update(x: Float32Array, d: Float32Array, vectors: number, rate: number): void {
    this.#wait();
    for (let v = 0; v < vectors; v++) {
      const input = x.subarray(v * this.rows, (v + 1) * this.rows);
      const output = d.subarray(v * this.columns, (v + 1) * this.columns);
      const number = this.#numbers.update++;
      if (this.#trace) this.#trace.update = number;
      this.#together((tile) => tile.update(input, output, rate, number), "potentiation");
      const { interval } = this.#refresh ?? { interval: Number.POSITIVE_INFINITY };
      if ((number + 1) % interval === 0) this.#refreshAll((number + 1) / interval - 1);
    }
  }

  /** A comparison and a division for every input, a multiplication for every output. */
  #reportScaling(vectors: number, inputs: number, outputs: number): void {
    this.#sink?.({ operation: "digitalOperation", place: this.name, count: vectors * (2 * inputs + outputs) });
  }

  /** Something done on all tiles at the same time: each waits for the slowest. */
  #together(deed: (tile: LearningTile) => number, operation: string): void {
    const lasted = this.#tiles.map(deed);
    const longest = Math.max(...lasted);
    for (const [k, tile] of this.#tiles.entries()) tile.elapse(longest - lasted[k]!);
    this.#clock += longest;
    if (longest > 0) this.#sink?.({ operation, place: this.name, count: 0, duration: longest });
  }

  #refreshAll(event: number): void {
    this.#together((tile) => {
      const { seconds, refreshed, missed } = tile.refresh(this.#refresh!, event);
      this.#refreshed += refreshed;
      this.#missed += missed;
      return seconds;
    }, "refreshRead");
  }

  /** Pairs that were refreshed so far, and those of them whose difference was not reached. */
  get refreshes(): { readonly refreshed: number; readonly missed: number } {
    return { refreshed: this.#refreshed, missed: this.#missed };
  }

  /** Writes every pulse of updates down from now on. */
  follow(trace: PulseTrace): void {
    this.#trace = trace;
    for (const tile of this.#tiles) tile.follow(trace);
  }

  elapse(seconds: number): void {
    this.#numbers.waiting += seconds;
  }

  weights(): Float32Array {
    const { positive, negative } = conductancesOf(this.#layer);
    return positive.map((conductance, i) => (conductance - negative[i]!) / this.#siemens);
  }

  /** Zero shifting (`zeroShift`): a weight of 0 is from then on where noise leaves it. @param pairs  of alternating pulses */
  shiftToSymmetry(pairs: number): void {
    const { device, arbitration } = this.#options;
    const step = this.steps.growing * this.#siemens;
    const work = zeroShift(this.#layer.placed, this.arrangement, device, arbitration.devices, pairs, step);
    this.programming = this.programming ? addProgramming(this.programming, work) : work;
    for (const tile of this.#tiles) tile.wasRead();
  }

  /** Pulses that devices got since they were made, those of programming included. */
  wear(): WearSummary {
    return wearOf(this.#sets);
  }

  /** The same of every device, a set of cells of a tile after another. */
  wearOfDevices(): Float64Array[] {
    return this.#sets.map(wearOfEach);
  }

  /** Devices that arbitration never chose, though their synapses had updates enough for all. */
  leftOut(): LeftOut {
    return leftOut(this.#tiles.map(({ synapses }) => synapses.arbitration));
  }

  /** Updates of synapses that the rule asked for, and those that the counters of signs let through. */
  requests(): Arbitration["counted"] {
    const sum = { requested: { potentiation: 0, depression: 0 }, applied: { potentiation: 0, depression: 0 } };
    for (const { synapses } of this.#tiles) {
      for (const kind of ["requested", "applied"] as const) {
        for (const sign of ["potentiation", "depression"] as const) {
          sum[kind][sign] += synapses.arbitration.counted[kind][sign];
        }
      }
    }
    return sum;
  }

  save(): Uint8Array {
    const { reading, update, transposed, waiting } = this.#numbers;
    const ranges = this.#gains.flatMap((gains) => Object.values(gains).map(({ range }) => range));
    const tiles = this.#tiles.flatMap((tile, k) => {
      const { positive, negative } = this.#layer.placed[k]!.tile.array;
      return [
        [`${k} positive`, positive.save()],
        [`${k} negative`, negative.save()],
        [`${k} arbitration`, tile.synapses.arbitration.save()],
        [`${k} rule`, tile.rule.save?.() ?? new Uint8Array(0)],
      ] as const;
    });
    return joinSections(this.#owner, {
      numbers: bytesOfNumbers([
        reading,
        update,
        transposed,
        waiting,
        this.#clock,
        this.#refreshed,
        this.#missed,
        ...ranges,
      ]),
      ...Object.fromEntries(tiles),
    });
  }

  restore(bytes: Uint8Array): void {
    const sections = sectionsOf(this.#owner, bytes);
    this.#held = false;
    const part = (name: string): Uint8Array => sections.get(name)!;
    const [reading, update, transposed, waiting, clock, refreshed, missed, ...ranges] = numbersOfBytes(
      part("numbers"),
    ) as [number, number, number, number, number, number, number, ...number[]];
    this.#numbers = { reading, update, transposed, waiting };
    this.#clock = clock;
    [this.#refreshed, this.#missed] = [refreshed, missed];
    const gains = this.#gains.flatMap((own) => Object.values(own));
    for (const [k, gain] of gains.entries()) gain.range = ranges[k]!;
    for (const [k, tile] of this.#tiles.entries()) {
      const { positive, negative } = this.#layer.placed[k]!.tile.array;
      positive.restore(part(`${k} positive`));
      negative.restore(part(`${k} negative`));
      tile.synapses.arbitration.restore(part(`${k} arbitration`));
      tile.rule.restore?.(part(`${k} rule`));
      tile.wasRead();
    }
  }

  /** What its states are told from those of others by. */
  get #owner(): string {
    const { spec, arbitration, weightRange, chip } = this.#options;
    const { devices, policy, increment, potentiationCounter, depressionCounter } = arbitration;
    return [
      `layer ${this.name}`,
      `${this.rows} x ${this.columns} weights within ${weightRange}`,
      `tiles of ${spec.rows} x ${spec.columns}`,
      `${this.arrangement} with ${devices} devices (${policy}, ${increment}, ${potentiationCounter}, ${depressionCounter})`,
      `rule ${this.#tiles[0]!.rule.name}`,
      chip,
    ].join(", ");
  }

  get #sets(): Cells[] {
    return this.#layer.placed.flatMap(({ tile: { array } }) => [array.positive, array.negative]);
  }

  get #sink(): EventSink | null {
    const { ledger } = this.#options;
    return ledger && ((event) => ledger.add(event));
  }

  /** Lets the devices wait for what was read. */
  #wait(): void {
    const { waiting } = this.#numbers;
    if (waiting === 0) return;
    this.#layer.elapse(waiting);
    this.#clock += waiting;
    this.#numbers.waiting = 0;
  }
}
