import type { Cells, PreparedDevice, Pulse } from "../../devices/index.ts";
import { at, drawOf } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { devicesOf } from "../parallel-cells.ts";

/** S, by how much one pulse of each sign moves the conductance of a device, above 0; null where no pulse of that sign does. */
export interface ConductanceSteps {
  readonly potentiate: number;
  readonly depress: number | null;
}

/**
 * The device with a range of targets: its own, or, where its parameter set has none, what pulses of both signs reach on a median device.
 *
 * @throws InputError where they raise nothing
 */
export function withReachedTargets(engine: Engine, device: PreparedDevice): PreparedDevice {
  const { potentiate, depress } = device.operation;
  if (device.targetRange > device.targetLow || !potentiate) return device;
  const mark = engine.memory.mark();
  const [low, high] = rangeOf(device, () => new MedianDevice(engine, device, potentiate, depress ?? potentiate));
  engine.memory.release(mark);
  if (!(high > low)) throw new InputError("this device model's potentiating pulse does not raise its conductance");
  return { ...device, targetLow: device.devicesPerCell * low, targetRange: device.devicesPerCell * high };
}

/** No spread, no noise and no drift: the median device. */
const noiseless = { programmingNoise: false, drift: false, readNoise: false, polarity: false };
/** Most pulses on the way to the middle. */
const mostPulses = 20_000;

/**
 * What one pulse does to the median device in the middle of its range, measured on such a device without noise. One that
 * can be RESET is brought there by pulses, so that it remembers as little of its RESET as a device in that place does.
 *
 * @param device  of which one is measured where several make a cell
 * @throws InputError where the device has no potentiating pulse, or that pulse does not raise its conductance
 */
export function conductanceSteps(engine: Engine, device: PreparedDevice): ConductanceSteps {
  const { potentiate, depress } = device.operation;
  if (!potentiate) throw new InputError("this device model has no potentiating pulse to learn with");
  const mark = engine.memory.mark();
  const newDevice = () => new MedianDevice(engine, device, potentiate, depress ?? potentiate);
  const [low, high] = rangeOf(device, newDevice);
  const up = newDevice().stepAt((low + high) / 2, 1);
  const down = depress ? -newDevice().stepAt((low + high) / 2, -1) : 0;
  engine.memory.release(mark);
  if (!(up > 0)) throw new InputError("this device model's potentiating pulse does not raise its conductance");
  return { potentiate: up, depress: down > 0 ? down : null };
}

/**
 * Whether a voltage held for a while changes the state of the median device, in the middle of its range, by more than 10^-9 of its largest
 * conductance. */
export function pulseMoves(engine: Engine, device: PreparedDevice, pulse: Pulse): boolean {
  const mark = engine.memory.mark();
  const newDevice = () => new MedianDevice(engine, device, pulse, pulse);
  const [low, high] = rangeOf(
    device,
    () => new MedianDevice(engine, device, device.operation.potentiate ?? pulse, pulse),
  );
  const step = newDevice().stepAt((low + high) / 2, 1);
  engine.memory.release(mark);
  return Math.abs(step) > 1e-9 * high;
}

/** S, what targets ask for; without targets, what pulses of both signs reach, depressing ones first. */
function rangeOf(device: PreparedDevice, newDevice: () => MedianDevice): [number, number] {
  const { targetLow, targetRange, devicesPerCell } = device;
  if (targetRange > targetLow) return [targetLow / devicesPerCell, targetRange / devicesPerCell];
  const made = newDevice();
  made.reset();
  const low = reached(made, -1);
  return [low, reached(made, 1)];
}

/** S, where pulses of a sign leave a device when more of them hardly move it; where it is, if there are none. */
function reached(device: MedianDevice, sign: 1 | -1): number {
  const start = device.conductance;
  let now = start;
  if (sign < 0 && !device.falls) return now;
  for (let [given, more] = [0, 1]; given + more <= mostPulses; more = given) {
    device.pulse(sign * more);
    given += more;
    const before = now;
    now = device.conductance;
    if (!(sign * (now - before) > 0.01 * sign * (now - start))) break;
  }
  return now;
}

class MedianDevice {
  readonly #cells: Cells;
  readonly #potentiate: Pulse;
  readonly #depress: Pulse;
  /** Whether there is a depressing pulse. */
  readonly falls: boolean;
  readonly #readVoltage: number;

  constructor(engine: Engine, device: PreparedDevice, potentiate: Pulse, depress: Pulse) {
    this.#cells = devicesOf(device.create(engine, 1, at(drawOf(0), "pulse step"), noiseless)).population;
    this.#potentiate = potentiate;
    this.#depress = depress;
    this.falls = device.operation.depress !== null;
    this.#readVoltage = device.operation.read.voltage;
    if (!this.#cells.train || !this.#cells.replace) {
      throw new InputError("this device model has no pulses to learn with: it is programmed by published statistics");
    }
  }

  /** S; finer than `Cells.conductance`, as the change by a pulse is wanted. */
  get conductance(): number {
    const current = new Float64Array(this.#cells.count);
    this.#cells.current(this.#readVoltage, current);
    return current[0]! / this.#readVoltage;
  }

  /** Where the model has a RESET. */
  reset(): void {
    this.#cells.reset?.(0);
  }

  put(conductance: number): void {
    this.#cells.replace!(new Float32Array(this.#cells.count).fill(conductance), true);
  }

  /** @param count  above 0 potentiating, below 0 depressing */
  pulse(count: number): void {
    const counts = new Int16Array(this.#cells.count).fill(count);
    const pulses = { potentiate: this.#potentiate, depress: this.#depress };
    this.#cells.train!({ ...pulses, counts }, new Float64Array(this.#cells.count));
  }

  /** S that a pulse of a sign adds at a conductance. */
  stepAt(conductance: number, sign: 1 | -1): number {
    if (sign > 0 && this.#cells.reset) {
      this.#cells.reset(0);
      for (let [given, last] = [0, -1]; given < mostPulses && this.conductance < conductance; given++) {
        if (this.conductance <= last) break;
        last = this.conductance;
        this.pulse(1);
      }
    }
    this.put(conductance);
    const before = this.conductance;
    this.pulse(sign);
    return this.conductance - before;
  }
}
