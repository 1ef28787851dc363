import {
  devicesOf,
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
import { Arbitration, type ArbitrationSpec, type Arrangement, SynapseArray } from "../synapses/index.ts";
import { HalfSelectedCells } from "./half-selected.ts";
import { reportUpdate } from "./update-events.ts";

/** Makes the rule that turns rank-1 steps into the pulses of a tile. */
export type RuleOfTile = (setting: UpdateSetting) => UpdateRule;

/** A tile whose devices are pulsed: its part of every rank-1 step. */
export class LearningTile {
  readonly synapses: SynapseArray;
  readonly rule: UpdateRule;
  readonly #placed: PlacedTile;
  readonly #counts: Int16Array;
  readonly #activity: LineActivity;
  readonly #halfSelected: HalfSelectedCells;
  /** s of a slot in which weights grow, and of one in which they fall. */
  readonly #slots: { readonly growing: number; readonly falling: number };

  /** @param period  s from a slot to the next, at least */
  constructor(
    engine: Engine,
    placed: PlacedTile,
    device: PreparedDevice,
    arrangement: Arrangement,
    arbitration: ArbitrationSpec,
    steps: PulseSteps,
    rule: RuleOfTile,
    period: number,
    selection: Selection,
    draw: Draw,
  ) {
    const { array, rows, columns } = placed.tile;
    const { positive, negative } = array;
    this.#placed = placed;
    this.synapses = new SynapseArray(
      positive,
      negative,
      device.operation,
      arrangement,
      new Arbitration(arbitration, rows * columns, draw),
    );
    this.rule = rule({ engine, rows, columns, steps, draw: at(draw, "rule") });
    this.#counts = new Int16Array(rows * columns);
    this.#activity = newLineActivity(rows, columns, arrangement === "differential");
    this.#halfSelected = new HalfSelectedCells(engine, device, this.synapses, rows, columns, selection);
    const { potentiate, depress } = device.operation;
    const [up, down] = [potentiate!.width, (arrangement === "differential" ? potentiate! : depress!).width];
    // The negative set of a pair that is pulsed oppositely gets the other pulse.
    const longest = arrangement === "push-pull" ? Math.max(up, down) : 0;
    this.#slots = { growing: Math.max(up, longest, period), falling: Math.max(down, longest, period) };
  }

  /**
   * Its part of W += rate x^T d, in pulses.
   *
   * @param x  [rows of the layer]
   * @param d  [columns of the layer]
   * @param number  numbers the update
   * @returns s that it lasted: 0 where there was nothing to do
   */
  update(
    x: Float32Array,
    d: Float32Array,
    rate: number,
    number: number,
    place: string,
    sink: EventSink | null,
  ): number {
    const { rows, columns } = this.#placed;
    const input = x.subarray(...rows);
    const output = d.subarray(...columns);
    const [counts, activity] = [this.#counts, this.#activity];
    this.rule.request(input, output, rate, number, counts, activity);
    const seconds = updateSeconds(activity, this.#slots);
    let found = 0;
    for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) found++;
    const selected = new Uint32Array(found);
    const asked = new Int16Array(found);
    for (let i = 0, k = 0; k < found; i++) {
      if (counts[i] === 0) continue;
      selected[k] = i;
      asked[k++] = counts[i]!;
    }
    if (found === 0 && seconds === 0) return 0;
    const disturbed = this.#halfSelected.disturb(counts, activity, sink !== null);
    const done = this.synapses.update(asked, selected, seconds);
    if (sink) {
      reportUpdate(activity, this.synapses.arrangement, disturbed, place, sink);
      const { pulses, works } = done;
      sink({
        operation: "potentiation",
        place,
        count: pulses.potentiation,
        work: works.potentiation,
        duration: seconds,
      });
      sink({ operation: "depression", place, count: pulses.depression, work: works.depression });
    }
    return done.seconds;
  }

  /** Its cells have been read. */
  wasRead(): void {
    this.#halfSelected.forget();
  }

  elapse(seconds: number): void {
    if (seconds > 0) this.#placed.tile.array.elapse(seconds);
  }

  /** Pulses that wrote each device so far, of every device of both sets, one after another. */
  wear(): Float64Array[] {
    const { positive, negative } = this.#placed.tile.array;
    return [positive, negative].map((cells) => {
      const { population } = devicesOf(cells);
      const wear = new Float64Array(population.count);
      population.wear?.(wear);
      return wear;
    });
  }
}
