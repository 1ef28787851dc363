import {
  type Cells,
  type PreparedDevice,
  type Stimulus,
  type WriteVerifyScheme,
  writeVerify,
} from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { CourseRecorder } from "./course.ts";
import {
  type BiasStep,
  type DeedStep,
  type LightStep,
  type Protocol,
  type PulseStep,
  pathLength,
  type ReadStep,
  rowsOf,
  type Step,
  type WaitStep,
} from "./protocol.ts";
import { stretchesOf } from "./sweep.ts";

/** J over all devices. */
export interface EnergyParts {
  pulse: number;
  read: number;
  hold: number;
  light: number;
}

export interface PerformWatch {
  /** Awaited after every row, so that the thread can hear its user. */
  progress(rows: number): void | Promise<void>;
  readonly signal: AbortSignal;
}

/** Devices while a protocol is done to them. */
export class Performance {
  readonly course: CourseRecorder;
  readonly energy: EnergyParts = { pulse: 0, read: 0, hold: 0, light: 0 };
  /** Pulses and reads of all devices. */
  readonly counts = { pulses: 0, reads: 0 };
  /** Targets that write and verify did not reach. */
  missed = 0;
  /** s since the start. */
  #now = 0;
  #programmings = 0;
  /** Numbers of reads, behind those that verify. */
  #readings = 2 ** 40;
  #cycle = 0;
  readonly #cells: Cells;
  readonly #device: PreparedDevice;
  readonly #protocol: Protocol;
  readonly #watch: PerformWatch;
  /** m^2 of a device that light falls on. */
  readonly #area: number;
  readonly #current: Float64Array;
  readonly #work: Float64Array;
  readonly #conductance: Float32Array;
  readonly #target: Float32Array;
  /** A that the set's sources give at most. */
  readonly #compliance: number;

  constructor(
    device: PreparedDevice,
    cells: Cells,
    engine: Engine,
    protocol: Protocol,
    limits: { readonly compliance: number; readonly area: number },
    watch: PerformWatch,
  ) {
    const { memory } = engine;
    this.#cells = cells;
    this.#device = device;
    this.#protocol = protocol;
    this.#watch = watch;
    this.#area = limits.area;
    this.#compliance = limits.compliance;
    this.course = new CourseRecorder(cells.count, rowsOf(protocol.steps));
    this.#current = memory.float64(cells.count);
    this.#work = memory.float64(cells.count);
    this.#conductance = memory.float32(cells.count);
    this.#target = memory.float32(cells.count);
  }

  get duration(): number {
    return this.#now;
  }

  /** Does all steps; false where the user stopped it on the way. */
  async all(): Promise<boolean> {
    return this.#steps(this.#protocol.steps);
  }

  async #steps(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      if (step.kind !== "repeat") {
        if (!(await this.#deed(step))) return false;
        continue;
      }
      const outer = this.#cycle;
      for (let cycle = 0; cycle < step.count; cycle++) {
        this.#cycle = cycle;
        if (!(await this.#steps(step.steps))) return false;
      }
      this.#cycle = outer;
    }
    return true;
  }

  /** One step; what the device refuses is told with the step's place. */
  async #deed(step: DeedStep): Promise<boolean> {
    try {
      return await this.#done(step);
    } catch (error) {
      if (error instanceof InputError) throw new InputError(`${step.where}: ${step.kind}: ${error.message}`);
      throw error;
    }
  }

  async #done(step: DeedStep): Promise<boolean> {
    switch (step.kind) {
      case "pulse":
        return this.#pulses(step);
      case "light":
        return this.#exposures(step);
      case "read":
        return this.#reads(step);
      case "wait":
        return this.#wait(step);
      case "bias":
        return this.#bias(step);
      case "sweep": {
        const { voltage, rate, samples, compliance } = step;
        for (const { voltage: reached, time, pieces } of stretchesOf(voltage, rate, samples)) {
          for (const piece of pieces) {
            this.#apply({ ...piece, ...this.#limits(compliance), ...this.#kelvin(step) }, "pulse");
          }
          this.#currentAt(reached, step, compliance);
          if (!(await this.#row(step, this.#now + time, reached))) return false;
        }
        this.#now += pathLength(voltage) / rate;
        return true;
      }
      case "program":
        return this.#program(step.conductance, step);
      case "reset":
        this.#cells.reset!(this.#programmings++);
        this.#currentAt(0, step, null);
        return this.#row(step, this.#now, 0);
    }
  }

  async #pulses(step: PulseStep): Promise<boolean> {
    const { voltage, width, rise, fall, period, count, compliance } = step;
    const start = this.#now;
    if (!(await this.#before(step))) return false;
    const common = { ...this.#limits(compliance), ...this.#kelvin(step) };
    for (let k = 0; k < count; k++) {
      if (rise > 0) this.#apply({ voltage: 0, endVoltage: voltage, duration: rise, ...common }, "pulse");
      this.#apply({ voltage, duration: width, continues: rise > 0, ...common }, "pulse");
      this.counts.pulses += this.#cells.count;
      this.#currentAt(voltage, step, compliance);
      if (fall > 0) {
        this.#apply({ voltage, endVoltage: 0, duration: fall, continues: true, ...common }, "pulse");
      }
      if (!(await this.#row(step, start + k * period + rise + width + fall, voltage))) return false;
      this.#elapse(period - rise - width - fall, step);
    }
    this.#now = start + count * period;
    return true;
  }

  async #exposures(step: LightStep): Promise<boolean> {
    const { irradiance, wavelength, width, voltage, period, count, samples } = step;
    const start = this.#now;
    if (!(await this.#before(step))) return false;
    const light = { irradiance, wavelength };
    for (let k = 0; k < count; k++) {
      for (let n = 0; n < samples; n++) {
        this.#apply({ voltage, duration: width / samples, light, continues: n > 0, ...this.#kelvin(step) }, "hold");
        this.energy.light += (irradiance * this.#area * width * this.#cells.count) / samples;
        this.#currentAt(voltage, step, null, light);
        if (!(await this.#row(step, start + k * period + (width * (n + 1)) / samples, voltage))) return false;
      }
      this.#elapse(period - width, step);
    }
    this.#now = start + count * period;
    return true;
  }

  async #reads(step: ReadStep): Promise<boolean> {
    const { voltage, width, count, interval } = step;
    const start = this.#now;
    for (let k = 0; k < count; k++) {
      this.#work.fill(0);
      this.#cells.read(
        { voltage, duration: width, ...this.#kelvin(step) },
        this.#readings++,
        this.#current,
        this.#work,
      );
      this.#spend("read");
      this.counts.reads += this.#cells.count;
      if (!(await this.#row(step, start + k * interval + width, voltage))) return false;
      this.#elapse(interval - width, step);
    }
    this.#now = start + count * interval;
    return true;
  }

  async #wait(step: WaitStep): Promise<boolean> {
    const { time, samples } = step;
    const start = this.#now;
    let before = 0;
    for (let n = 0; n < samples; n++) {
      // Logarithmic from a thousandth to the whole.
      const since = n === samples - 1 ? time : time * 1000 ** (n / (samples - 1) - 1);
      this.#elapse(since - before, step);
      before = since;
      this.#currentAt(0, step, null);
      if (!(await this.#row(step, start + since, 0))) return false;
    }
    this.#now = start + time;
    return true;
  }

  async #bias(step: BiasStep): Promise<boolean> {
    const { voltage, time, samples, compliance } = step;
    const start = this.#now;
    for (let n = 0; n < samples; n++) {
      const common = { ...this.#limits(compliance), ...this.#kelvin(step) };
      this.#apply({ voltage, duration: time / samples, continues: n > 0, ...common }, "hold");
      this.#currentAt(voltage, step, compliance);
      if (!(await this.#row(step, start + (time * (n + 1)) / samples, voltage))) return false;
    }
    this.#now = start + time;
    return true;
  }

  async #program(conductance: number, step: DeedStep): Promise<boolean> {
    if (!(await this.#before(step))) return false;
    this.#target.fill(conductance);
    if (this.#cells.program) this.#cells.program(this.#target, this.#programmings++);
    else this.#verified(this.#device.writeVerify!);
    this.#readCurrent(step);
    return this.#row(step, this.#now, this.#device.operation.read.voltage);
  }

  /** Pulses, each verified by a read; devices are written one after another. */
  #verified(scheme: WriteVerifyScheme): void {
    const { targetRange, targetLow } = this.#device;
    const span = targetRange - targetLow;
    const work = writeVerify(this.#cells, scheme, this.#target, span, this.#programmings++);
    this.energy.pulse += work.pulseWork;
    this.energy.read += work.readWork;
    this.counts.pulses += work.pulses;
    this.counts.reads += work.reads;
    this.missed += work.missed;
    this.#now += work.seconds;
  }

  /** The row of a device as it stands before a step's first pulse. */
  #before(step: DeedStep): Promise<boolean> {
    this.#currentAt(0, step, null);
    return this.#row(step, this.#now, 0);
  }

  #apply(stimulus: Stimulus, part: keyof EnergyParts): void {
    this.#work.fill(0);
    this.#cells.apply(stimulus, this.#work);
    this.#spend(part);
  }

  #spend(part: keyof EnergyParts): void {
    let sum = 0;
    for (let i = 0; i < this.#work.length; i++) sum += this.#work[i]!;
    if (!Number.isFinite(sum)) throw new InputError("work beyond all numbers, expected a lower voltage");
    this.energy[part] += sum;
  }

  #elapse(seconds: number, step: DeedStep): void {
    if (seconds > 0) this.#cells.elapse(seconds, this.#kelvin(step).temperature);
  }

  #readCurrent(step: DeedStep): void {
    this.#currentAt(this.#device.operation.read.voltage, step, null);
  }

  /** What flows at a voltage in the state that a device is in, at most what its source gives. */
  #currentAt(voltage: number, step: DeedStep, compliance: number | null, light?: Stimulus["light"]): void {
    const most = compliance ?? this.#compliance;
    const current = this.#current;
    this.#cells.current(voltage, current, { ...this.#kelvin(step), ...(light ? { light } : {}) });
    for (let i = 0; i < current.length; i++) {
      current[i] = Math.min(most, Math.max(-most, current[i]!));
      if (!Number.isFinite(current[i]!)) {
        throw new InputError(`a current beyond all numbers at ${voltage} V, expected a lower voltage`);
      }
    }
  }

  #kelvin(step: DeedStep): { readonly temperature?: number } {
    const kelvin = step.temperature ?? this.#protocol.temperature;
    return kelvin === null ? {} : { temperature: kelvin };
  }

  #limits(compliance: number | null): { readonly compliance?: number } {
    return compliance === null ? {} : { compliance };
  }

  /** Adds a row; false where the user has stopped the run. */
  async #row(step: DeedStep, time: number, voltage: number): Promise<boolean> {
    this.#cells.conductance(this.#conductance);
    this.course.add(step.number, this.#cycle, time, voltage, this.#current, this.#conductance);
    await this.#watch.progress(1);
    return !this.#watch.signal.aborted;
  }
}
