import { at, type Draw, fillNormal } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { normalDistribution } from "../../src/ground/statistics/index.ts";
import type { NoiseState } from "../noise/index.ts";
import { allocateState, type State, type StateLayout } from "../state.ts";
import type { BulkState, DeviceLaw, Numbers, PulseRandomness } from "./law.ts";
import { drawTraits } from "./traits.ts";
import { lifetimeOf, type WearLaw, windowLeft } from "./wear.ts";

/** How a device is held where it is. */
export const hold = { not: 0, neverWorked: 1, wornOut: 2, asTold: 3 } as const;

/** Numbers of a population that come before those of its read noise. */
export const ownNumbers = 6;

/** The devices of a population, one at a time: `take` brings a device's numbers, `put` stores them within its limits. */
export class Devices {
  /** The numbers of the device taken last. */
  readonly x: Numbers;
  readonly own: Numbers;
  readonly normals: Numbers;
  readonly bounds: Numbers;
  readonly state: State<StateLayout>;
  readonly arrays: BulkState;
  /** Of `hold`, [devices]; written by `holdAt`. */
  readonly held: Float32Array;
  /** Normals of the running pulse, [normalsPerPulse][devices]. */
  readonly drawn: readonly Float32Array[];
  /** Pulses of trains that each device had. */
  readonly trained: Float64Array;
  /** Writes of each device that were its own. */
  readonly writes: Float64Array;
  /** s that all ages are behind: a wait of all devices moves this one number. */
  behind = 0;
  /** Writes that each device bears. */
  readonly #lifetime: Float32Array;
  readonly #engine: Engine;
  readonly #law: DeviceLaw;
  readonly #wear: WearLaw;
  readonly #spread: number;
  readonly #draw: Draw;
  #drawn = "";
  /** null: to be counted again. */
  #anyHeld: boolean | null = null;

  /**
   * @param spread  1: spreads as the set has them; 0: none
   * @param noise  what read noise keeps beside; null: there is none
   */
  constructor(
    engine: Engine,
    law: DeviceLaw,
    wear: WearLaw,
    spread: number,
    noise: NoiseState | null,
    count: number,
    draw: Draw,
  ) {
    this.#engine = engine;
    this.#law = law;
    this.#wear = wear;
    this.#spread = spread;
    this.#draw = draw;
    const layout: Record<string, "float32" | "float64"> = {
      held: "float32",
      writes: "float64",
      trained: "float64",
      lifetime: "float32",
    };
    for (const { name, precision = law.precision } of law.variables) layout[`state ${name}`] = precision;
    for (const { name } of law.traits) layout[`trait ${name}`] = "float32";
    this.state = allocateState(
      engine,
      { ...layout, ...noise?.layout } as StateLayout,
      count,
      ownNumbers + (noise?.numbers ?? 0),
    );
    const field = <Kind extends Float32Array | Float64Array>(name: string) =>
      this.state.fields[name] as unknown as Kind;
    this.held = field("held");
    this.writes = field("writes");
    this.trained = field("trained");
    this.#lifetime = field("lifetime");
    this.arrays = {
      x: law.variables.map(({ name }) => field(`state ${name}`)),
      traits: law.traits.map(({ name }) => field(`trait ${name}`)),
    };
    this.drawn = Array.from({ length: law.normalsPerPulse }, () => engine.memory.float32(count));
    this.x = new Float64Array(law.variables.length);
    this.own = new Float64Array(law.traits.length);
    this.normals = new Float64Array(law.normalsPerPulse);
    this.bounds = new Float64Array(2 * law.variables.length);
    this.#begin();
  }

  get count(): number {
    return this.held.length;
  }

  get stuck(): number {
    return this.held.reduce((sum, how) => sum + (how === hold.neverWorked || how === hold.wornOut ? 1 : 0), 0);
  }

  /** Whether any device is held. */
  get anyHeld(): boolean {
    this.#anyHeld ??= this.held.some((how) => how !== hold.not);
    return this.#anyHeld;
  }

  holdAt(i: number, how: number): void {
    this.settle();
    this.held[i] = how;
    this.#anyHeld = null;
  }

  /** Brings ages up to now. */
  settle(): void {
    const { age } = this.#law;
    if (age === undefined || this.behind === 0) return;
    const ages = this.arrays.x[age]!;
    for (let i = 0; i < ages.length; i++) ages[i]! += this.behind;
    this.behind = 0;
  }

  save(clock: number): Uint8Array {
    this.settle();
    return this.state.save(clock);
  }

  restore(bytes: Uint8Array): number {
    this.#anyHeld = null;
    this.behind = 0;
    return this.state.restore(bytes);
  }

  take(i: number): void {
    const { x, traits } = this.arrays;
    for (let k = 0; k < x.length; k++) this.x[k] = x[k]![i]!;
    if (this.behind > 0) this.x[this.#law.age!]! += this.behind;
    for (let k = 0; k < traits.length; k++) this.own[k] = traits[k]![i]!;
    for (let k = 0; k < this.drawn.length; k++) this.normals[k] = this.drawn[k]![i]!;
  }

  /** Stores the numbers of the device taken last; returns 1 if it had to be put back within its limits. */
  put(i: number): number {
    this.limits(i);
    const { x } = this.arrays;
    let outside = 0;
    for (let k = 0; k < x.length; k++) {
      const value = this.x[k]!;
      const inside = Math.min(this.bounds[2 * k + 1]!, Math.max(this.bounds[2 * k]!, value));
      if (inside !== value) outside = 1;
      x[k]![i] = inside;
    }
    if (this.behind > 0) x[this.#law.age!]![i]! -= this.behind;
    return outside;
  }

  /** Fills `bounds` with this device's limits, as its wear has left them. */
  limits(i: number): void {
    const { bounds } = this;
    for (const [k, { low, high }] of this.#law.variables.entries()) {
      bounds[2 * k] = low;
      bounds[2 * k + 1] = high;
    }
    this.#law.bounds?.(this.own, bounds, this.x);
    const k = this.#law.conducting;
    const lost = 1 - windowLeft(this.#wear, this.writes[i]!);
    bounds[2 * k + 1]! -= lost * (bounds[2 * k + 1]! - bounds[2 * k]!);
  }

  /** One more write of a device, which may be its last. */
  write(i: number): void {
    this.writes[i]!++;
    if (this.writes[i]! >= this.#lifetime[i]!) this.holdAt(i, hold.wornOut);
  }

  /** Where the normals of one event come from. */
  random(purpose: string, event: number): PulseRandomness {
    return { draw: at(this.#draw, purpose), event, scale: this.#spread };
  }

  /** Fills `drawn` with the normals of one event, where they are not there yet. */
  drawNormals(purpose: string, event: number): void {
    const wanted = `${purpose} ${event}`;
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const { draw, scale } = this.random(purpose, event);
    for (const [k, normals] of this.drawn.entries()) {
      normals.fill(0);
      if (scale === 0) continue;
      fillNormal(this.#engine, at(draw, k), event, normals);
      if (scale !== 1) for (let i = 0; i < normals.length; i++) normals[i]! *= scale;
    }
  }

  /** A deed over whole arrays that leaves alone what is held. */
  exceptHeld(deed: () => boolean): boolean {
    if (!this.anyHeld) return deed();
    const { x } = this.arrays;
    const held: number[] = [];
    for (let i = 0; i < this.count; i++) if (this.held[i] !== hold.not) held.push(i);
    const before = held.map((i) => x.map((field) => field[i]!));
    const done = deed();
    for (const [k, i] of held.entries()) for (const [v, field] of x.entries()) field[i] = before[k]![v]!;
    return done;
  }

  #begin(): void {
    const { memory } = this.#engine;
    drawTraits(this.#engine, this.#law.traits, this.arrays.traits, this.#spread, this.#draw);
    this.held.fill(hold.not);
    this.writes.fill(0);
    this.trained.fill(0);
    this.drawNormals("start", 0);
    fillNormal(this.#engine, at(this.#draw, "lifetime"), 0, this.#lifetime);
    const mark = memory.mark();
    const stuck = memory.float32(this.count);
    fillNormal(this.#engine, at(this.#draw, "stuck"), 0, stuck);
    const { stuckLow, stuckHigh } = this.#wear;
    const k = this.#law.conducting;
    for (let i = 0; i < this.count; i++) {
      this.take(i);
      for (const [index, { start }] of this.#law.variables.entries()) this.x[index] = start;
      this.#law.start?.(this.x, this.own, this.normals);
      this.#lifetime[i] = lifetimeOf(this.#wear, normalDistribution(this.#lifetime[i]!));
      const place = normalDistribution(stuck[i]!);
      if (place < stuckLow || place > 1 - stuckHigh) {
        this.limits(i);
        this.x[k] = this.bounds[2 * k + (place < stuckLow ? 0 : 1)]!;
        this.holdAt(i, hold.neverWorked);
      }
      this.put(i);
    }
    memory.release(mark);
  }
}
