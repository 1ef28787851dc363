import {
  type LineActivity,
  newLineActivity,
  type PulseSteps,
  type Selection,
  type UpdateRule,
  type UpdateSetting,
  updateSeconds,
} from "../../crossbar/index.ts";
import type { PreparedDevice } from "../../devices/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import type { EventSink } from "../../src/ground/events.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { PlacedTile } from "../placed-tile.ts";
import {
  Arbitration,
  type ArbitrationSpec,
  type Arrangement,
  type GivenPulses,
  refreshPairs,
  SynapseArray,
} from "../synapses/index.ts";
import type { TileSpec } from "../tile-spec.ts";
import { HalfSelectedCells } from "./half-selected.ts";
import type { PulseTrace } from "./pulse-trace.ts";
import { type Refresh, refreshSpec } from "./refresh.ts";
import { reportUpdate } from "./update-events.ts";

/** Makes the rule that turns rank-1 steps into the pulses of a tile. */
export type RuleOfTile = (setting: UpdateSetting) => UpdateRule;

/** What the tiles of a layer that learns have in common. */
export interface LearningTileOptions {
  readonly spec: TileSpec;
  /** One device. */
  readonly device: PreparedDevice;
  readonly arrangement: Arrangement;
  readonly arbitration: ArbitrationSpec;
  readonly steps: PulseSteps;
  /** S that one requested potentiating pulse adds to a cell. */
  readonly step: number;
  readonly rule: RuleOfTile;
  /** s from a slot of an update to the next, at least. */
  readonly period: number;
  readonly selection: Selection;
  /** Where events are booked. */
  readonly place: string;
  readonly sink: EventSink | null;
}

/** From so many cells on, and where more than this share of them get pulses, it is faster to pulse all devices at once. */
const [manyCells, denseShare] = [1024, 1 / 8];

/** A tile whose devices are pulsed: its part of every rank-1 step. */
export class LearningTile {
  readonly synapses: SynapseArray;
  readonly rule: UpdateRule;
  readonly #placed: PlacedTile;
  readonly #options: LearningTileOptions;
  readonly #halfSelected: HalfSelectedCells;
  readonly #counts: Int16Array;
  /** The same memory, two counts at a time. */
  readonly #pairs: Int32Array;
  /** Room for cells that are asked for pulses. */
  readonly #selected: Uint32Array;
  readonly #asked: Int16Array;
  readonly #activity: LineActivity;
  /** s of a slot in which weights grow, and of one in which they fall. */
  readonly #slots: { readonly growing: number; readonly falling: number };

  constructor(engine: Engine, placed: PlacedTile, options: LearningTileOptions, draw: Draw) {
    const { device, arrangement, arbitration, steps, rule, period, selection } = options;
    const { array, rows, columns } = placed.tile;
    this.#placed = placed;
    this.#options = options;
    this.synapses = new SynapseArray(
      array.positive,
      array.negative,
      device.operation,
      arrangement,
      new Arbitration(arbitration, rows * columns, draw, arbitration.devices === 1 ? engine : null),
    );
    this.#halfSelected = new HalfSelectedCells(engine, device, this.synapses, rows, columns, selection);
    this.rule = rule({ engine, rows, columns, steps, draw: at(draw, "rule") });
    const cells = rows * columns;
    this.#pairs = engine.memory.int32(Math.ceil(cells / 2)).fill(0);
    this.#counts = new Int16Array(this.#pairs.buffer, this.#pairs.byteOffset, cells);
    this.#selected = new Uint32Array(cells);
    this.#asked = new Int16Array(cells);
    this.#activity = newLineActivity(rows, columns, arrangement === "differential");
    const { potentiate, depress } = device.operation;
    const [up, down] = [potentiate!.width, (arrangement === "differential" ? potentiate! : depress!).width];
    // The negative set of a pair that is pulsed oppositely gets the other pulse.
    const longest = arrangement === "push-pull" ? Math.max(up, down) : 0;
    this.#slots = { growing: Math.max(up, longest, period), falling: Math.max(down, longest, period) };
  }

  /** Its cells have been read. */
  wasRead(): void {
    this.#halfSelected.forget();
  }

  /**
   * Its part of W += rate x^T d, in pulses.
   *
   * @param x  [rows of the layer]
   * @param d  [columns of the layer]
   * @param number  numbers the update
   * @returns s that it lasted: 0 where there was nothing to do
   */
  update(x: Float32Array, d: Float32Array, rate: number, number: number): number {
    const { rows, columns } = this.#placed;
    const { arrangement, place, sink } = this.#options;
    const [counts, activity] = [this.#counts, this.#activity];
    this.rule.request(x.subarray(...rows), d.subarray(...columns), rate, number, counts, activity);
    const seconds = updateSeconds(activity, this.#slots);
    const found = this.#gather();
    const disturbed = this.#halfSelected.disturb(counts, activity, sink !== null);
    if (sink) reportUpdate(activity, arrangement, disturbed, place, sink);
    if (found === 0 && seconds === 0) return 0;
    const done =
      counts.length >= manyCells && found > denseShare * counts.length
        ? this.synapses.update(counts, undefined, seconds)
        : this.synapses.update(this.#asked.subarray(0, found), this.#selected.subarray(0, found), seconds);
    this.#report(done);
    return done.seconds;
  }

  /** Takes cells with pulses, and how many each, out of all counts: two at a time, as most of them are 0. @returns how many there are */
  #gather(): number {
    const [counts, pairs, selected, asked] = [this.#counts, this.#pairs, this.#selected, this.#asked];
    let found = 0;
    for (let pair = 0; pair < pairs.length; pair++) {
      if (pairs[pair] === 0) continue;
      const end = Math.min(2 * pair + 2, counts.length);
      for (let i = 2 * pair; i < end; i++) {
        if (counts[i] === 0) continue;
        selected[found] = i;
        asked[found++] = counts[i]!;
      }
    }
    return found;
  }

  #report({ pulses, works }: GivenPulses): void {
    const { place, sink } = this.#options;
    sink?.({ operation: "potentiation", place, count: pulses.potentiation, work: works.potentiation });
    sink?.({ operation: "depression", place, count: pulses.depression, work: works.depression });
  }

  /**
   * Refreshes its pairs.
   *
   * @param event  numbers the refresh
   * @returns s that it lasted, pairs that were refreshed, and those of them whose difference was not reached
   */
  refresh(
    refresh: Refresh,
    event: number,
  ): { readonly seconds: number; readonly refreshed: number; readonly missed: number } {
    const { spec, device, step, place, sink } = this.#options;
    const { tile } = this.#placed;
    const done = refreshPairs(
      this.synapses,
      refreshSpec(refresh, device, spec, tile.rows, tile.columns, this.synapses, step),
      event,
    );
    this.#report(done.erased);
    this.#report(done.written);
    sink?.({ operation: "refreshRead", place, count: done.reads, work: done.readWork });
    return done;
  }

  /** Writes every pulse down from now on. */
  follow(trace: PulseTrace): void {
    const { tile, rows, columns } = this.#placed;
    trace.follow(this.synapses, this.#options.place, tile.columns, rows[0], columns[0]);
  }

  elapse(seconds: number): void {
    if (seconds > 0) this.#placed.tile.array.elapse(seconds);
  }
}
