import {
  conductancesOf,
  type LayerConductances,
  programLayers,
  replaceConductances,
  type TileLayer,
} from "../../circuits/index.ts";
import type { NoiseSplit, ProgrammingWork } from "../../devices/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { ChipTask } from "./chip-task.ts";
import type { LoadedConductances } from "./loaded-conductances.ts";
import type { Network } from "./partition.ts";
import { layersOf } from "./placement.ts";

/** One chip from its programming on: its own draws, or conductances from a file in their place. */
export class ProgrammedChip {
  readonly layers: readonly TileLayer[];
  /** S, as programming left them or the file has them, by layer; null where the file's arrays have times of their own. */
  readonly programmed: readonly LayerConductances[] | null;
  /** What pulses and verify reads took; null where the device has published statistics of programming. */
  readonly programming: ProgrammingWork | null;
  /** s since the first reading, at which compensation takes its reference. */
  readonly referenceTime: number;
  readonly #loaded: LoadedConductances | null;
  /** Layers that are exact keep their targets. */
  readonly #replaced: readonly number[];
  readonly #number: number;
  #now = 0;

  constructor(task: ChipTask, network: Network, engine: Engine) {
    const { placement } = task;
    this.#loaded = placement.without.includes("programmingNoise") ? null : task.loaded;
    this.#number = task.chip;
    this.layers = layersOf(placement, network.products, engine, at(drawOf(task.seed), "chip", task.chip));
    this.#replaced = [...this.layers.keys()].filter((layer) => !placement.exactLayers?.includes(layer));
    for (const [index, layer] of this.layers.entries()) {
      layer.setRanges(task.calibration[index]!.ranges);
    }
    this.programming = programLayers(this.layers);
    const ofTimes = this.#loaded?.kind === "at";
    if (this.#loaded && !ofTimes) this.#replace(this.#loaded, 0);
    // Nothing has drifted yet.
    this.programmed = task.saves.conductances && !ofTimes ? this.conductances() : null;
    this.referenceTime = this.#loaded?.times[0] ?? 0;
    for (const layer of this.layers) layer.elapse(placement.firstReading);
  }

  /** Moves on to a time, s since the first reading, and takes the reading that is numbered by it. */
  holdAt(time: number, split: NoiseSplit): void {
    for (const layer of this.layers) layer.elapse(time - this.#now);
    this.#now = time;
    if (this.#loaded?.kind === "at") this.#replace(this.#loaded, this.#loaded.times.indexOf(time));
    for (const layer of this.layers) layer.hold(split, time);
  }

  /** S, now, without read noise, by layer. */
  conductances(): LayerConductances[] {
    return this.layers.map(conductancesOf);
  }

  #replace({ kind, chips, times, layers }: LoadedConductances, time: number): void {
    const block = chips.indexOf(this.#number) * times.length + time;
    for (const index of this.#replaced) {
      const layer = this.layers[index]!;
      const cells = layer.groups * layer.rows * layer.columns;
      const own = (values: Float32Array) => values.subarray(block * cells, (block + 1) * cells);
      const { positive, negative } = layers[index]!;
      replaceConductances(layer, { positive: own(positive), negative: own(negative) }, kind === "programmed");
    }
  }
}
