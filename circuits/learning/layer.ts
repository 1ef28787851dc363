import { conductanceSteps, inParallel, type PulseSteps, type Selection } from "../../crossbar/index.ts";
import type { DeviceSwitches, NoiseSplit, PreparedDevice, ProgrammingWork } from "../../devices/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { EventSink } from "../../src/ground/events.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { Ledger } from "../energy/index.ts";
import { TileLayer } from "../layer.ts";
import { conductancesOf } from "../layer-conductances.ts";
import { type Fidelity, vectorsPerRead } from "../line-product.ts";
import type { Arbitration, ArbitrationSpec, Arrangement } from "../synapses/index.ts";
import type { TileSpec } from "../tile-spec.ts";
import { pulseSteps, sharingOf, usualArrangement } from "./arrangement.ts";
import { FollowingGain } from "./gain.ts";
import { LearningTile, type RuleOfTile } from "./learning-tile.ts";
import type { LearningProduct } from "./product.ts";
import type { PulseTrace } from "./pulse-trace.ts";
import { scaleBack, scaleVectors } from "./scaled-vectors.ts";
import { bytesOfNumbers, joinSections, numbersOfBytes, sectionsOf } from "./sections.ts";
import { transposedProduct, transposedTime } from "./transposed-product.ts";

/** What a layer that learns is made of. */
export interface LearningLayerOptions {
  /** Names chip, device and seed, so that states of others are refused. */
  readonly chip: string;
  readonly spec: TileSpec;
  /** One device; a cell is `arbitration.devices` of them in parallel. */
  readonly device: PreparedDevice;
  readonly switches: DeviceSwitches;
  readonly fidelity: Fidelity;
  /** How read noise is divided; its window is the time of a batch. */
  readonly split: NoiseSplit;
  /** |weight| that the conductance range stands for, for life. */
  readonly weightRange: number;
  /** null: what suits the device. */
  readonly arrangement: Arrangement | null;
  readonly arbitration: ArbitrationSpec;
  readonly rule: RuleOfTile;
  /** s from a slot of an update to the next, at least; a slot takes no less than its pulse. */
  readonly period: number;
  /** How cells are kept from pulses that are not meant for them. */
  readonly selection: Selection;
  /** Receives what happens; null where it is not counted. */
  readonly ledger: Ledger | null;
}

/** How much devices were pulsed. */
export interface WearSummary {
  readonly devices: number;
  /** Of all devices together, and of the one that got most. */
  readonly pulses: number;
  readonly mean: number;
  readonly maximum: number;
  /** How often a device was held at a limit of its state, and how many are stuck. */
  readonly clipped: number;
  readonly stuck: number;
}

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
  /** What one pulse changes a weight by. */
  readonly steps: PulseSteps;
  /** What bringing the first weights onto the devices took; null where the device has published statistics of programming. */
  readonly programming: ProgrammingWork | null;
  readonly #layer: TileLayer;
  readonly #tiles: readonly LearningTile[];
  readonly #options: LearningLayerOptions;
  /** S per unit of weight. */
  readonly #siemens: number;
  readonly #gains: readonly { readonly forward: FollowingGain; readonly transposed: FollowingGain }[];
  /** Numbers of the next reading, update and transposed read of a reading; s that devices have yet to wait for reads. */
  #numbers = { reading: 0, update: 0, transposed: 0, waiting: 0 };
  #clock = 0;
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
    const { spec, device, switches, fidelity, weightRange, arbitration } = options;
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
    this.steps = pulseSteps(measured, this.arrangement, this.#siemens);
    this.#gains = this.#layer.placed.map(({ tile }) => {
      const start = (lines: number) => Math.min(lines, linesAtFirst) * this.#siemens * weightRange;
      const transposed = tile.readTransposed();
      return {
        forward: new FollowingGain(tile.forward, start(tile.rows)),
        transposed: new FollowingGain(transposed, start(tile.columns)),
      };
    });
    this.programming = this.#layer.program(0);
    this.#tiles = this.#layer.placed.map(
      (placed, index) =>
        new LearningTile(
          engine,
          placed,
          device,
          this.arrangement,
          arbitration,
          this.steps,
          options.rule,
          options.period,
          options.selection,
          at(draw, "learning", index),
        ),
    );
  }

  /** s since the first weights were there. */
  get clock(): number {
    return this.#clock + this.#numbers.waiting;
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    this.#wait();
    const reading = this.#numbers.reading++;
    this.#numbers.transposed = 0;
    this.#layer.hold(this.#options.split, reading);
    for (const tile of this.#tiles) tile.wasRead();
    const { values, largest } = scaleVectors(x, vectors, this.rows);
    const y = this.#layer.multiply(values, vectors, "images", reading, this.#options.ledger);
    scaleBack(y, largest, this.columns);
    for (const { forward } of this.#gains) forward.follow();
    const { integration, conversion } = this.#layer.timing();
    this.#numbers.waiting += vectors * (integration + conversion);
    return y;
  }

  multiplyTransposed(d: Float32Array, vectors: number): Float32Array {
    if (this.#numbers.reading === 0) throw new Error(`${this.name} is read transposed before it is read forward`);
    const { values, largest } = scaleVectors(d, vectors, this.columns);
    const e = transposedProduct(this.#layer, values, vectors, this.#siemens, this.#numbers.transposed, this.#sink);
    this.#numbers.transposed += Math.ceil(vectors / vectorsPerRead);
    scaleBack(e, largest, this.rows);
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
      const lasted = this.#tiles.map((tile) => tile.update(input, output, rate, number, this.name, this.#sink));
      const longest = Math.max(...lasted);
      for (const [k, tile] of this.#tiles.entries()) tile.elapse(longest - lasted[k]!);
      this.#clock += longest;
    }
  }

  elapse(seconds: number): void {
    this.#numbers.waiting += seconds;
  }

  weights(): Float32Array {
    const { positive, negative } = conductancesOf(this.#layer);
    return positive.map((conductance, i) => (conductance - negative[i]!) / this.#siemens);
  }

  /** Notes every pulse in a trace from now on. */
  follow(trace: PulseTrace): void {
    this.#trace = trace;
    for (const [k, { synapses }] of this.#tiles.entries()) {
      const { tile, rows, columns } = this.#layer.placed[k]!;
      trace.follow(synapses, this.name, tile.columns, rows[0], columns[0]);
    }
  }

  /** Pulses that devices got since they were made, those of programming included: mean and maximum over all. */
  wear(): WearSummary {
    let [devices, sum, maximum] = [0, 0, 0];
    for (const tile of this.#tiles) {
      for (const set of tile.wear()) {
        devices += set.length;
        for (const pulses of set) {
          sum += pulses;
          maximum = Math.max(maximum, pulses);
        }
      }
    }
    const cells = this.#layer.placed.flatMap(({ tile: { array } }) => [array.positive, array.negative]);
    const clipped = cells.reduce((all, { limited }) => all + (limited?.clipped ?? 0), 0);
    const stuck = cells.reduce((all, { limited }) => all + (limited?.stuck ?? 0), 0);
    return { devices, pulses: sum, mean: sum / devices, maximum, clipped, stuck };
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
    const ranges = this.#gains.flatMap(({ forward, transposed: other }) => [forward.range, other.range]);
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
      numbers: bytesOfNumbers([reading, update, transposed, waiting, this.#clock, ...ranges]),
      ...Object.fromEntries(tiles),
    });
  }

  restore(bytes: Uint8Array): void {
    const sections = sectionsOf(this.#owner, bytes);
    const part = (name: string): Uint8Array => sections.get(name)!;
    const [reading, update, transposed, waiting, clock, ...ranges] = numbersOfBytes(part("numbers")) as [
      number,
      number,
      number,
      number,
      number,
      ...number[],
    ];
    this.#numbers = { reading, update, transposed, waiting };
    this.#clock = clock;
    for (const [k, gain] of this.#gains.entries()) {
      gain.forward.range = ranges[2 * k]!;
      gain.transposed.range = ranges[2 * k + 1]!;
    }
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
