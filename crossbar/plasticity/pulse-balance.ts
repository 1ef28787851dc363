import type { Cells, DeviceSwitches, PreparedDevice } from "../../devices/index.ts";
import { at, type Draw } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { conductanceSteps } from "./pulse-step.ts";
import { symmetryPoint } from "./symmetry-point.ts";

/** A mean over devices and their standard deviation. */
export interface OverDevices {
  readonly mean: number;
  readonly standardDeviation: number;
}

/** How pulses of both signs of a device compare. */
export interface PulseBalance {
  /**
   * S: a pulse of the median device in the middle of its targets, or as it was made where it has none; and by how much single pulses of
   * devices there differ, for their own steps and from cycle to cycle.
   */
  readonly up: OverDevices;
  readonly down: OverDevices;
  /** (up + down) / (up - down), -1 .. 1: above 0 where potentiating pulses do more; null where nothing moves. */
  readonly asymmetry: number | null;
  /** S, where alternating pulses take devices. */
  readonly symmetryPoint: OverDevices;
  /** The same ratio there, over the last half of the pairs: 0 where the point is reached. */
  readonly imbalance: number | null;
  readonly pairs: number;
}

const spread = { programmingNoise: true, drift: false, readNoise: false, polarity: false } as const;
/** Least and most pairs of pulses. */
const [fewest, most] = [100, 20_000];

/**
 * Step asymmetry and symmetry point of a device, with its spread. There are so many pairs of alternating pulses that steps would go
 * through the span of targets four times.
 *
 * @param devices  so many are measured
 * @throws where no pulse of either sign is known
 */
export function pulseBalance(engine: Engine, device: PreparedDevice, devices: number, draw: Draw): PulseBalance {
  const mark = engine.memory.mark();
  const [up, down] = [stepOf(engine, device, devices, draw, 1), stepOf(engine, device, devices, draw, -1)];
  const size = (Math.abs(up.mean) + Math.abs(down.mean)) / 2;
  const span = device.targetRange - device.targetLow;
  const wanted = size > 0 && span > 0 ? Math.ceil((4 * span) / size) : fewest;
  const pairs = Math.max(fewest, Math.min(most, wanted));
  const cells = inTheMiddle(engine, device, devices, at(draw, "alternating"), spread);
  const found = symmetryPoint(cells, device.operation, pairs);
  engine.memory.release(mark);
  return {
    up,
    down,
    asymmetry: ratioOf(up.mean, down.mean),
    symmetryPoint: over(found.conductance),
    imbalance: ratioOf(over(found.up).mean, over(found.down).mean),
    pairs,
  };
}

/** Single pulses in the middle. */
function stepOf(engine: Engine, device: PreparedDevice, devices: number, draw: Draw, sign: 1 | -1): OverDevices {
  const { potentiate, depress } = device.operation;
  const pulsed = (count: number, switches: DeviceSwitches): OverDevices => {
    const cells = inTheMiddle(engine, device, count, at(draw, "step"), switches);
    if (!cells.train || !potentiate || !depress) throw new InputError("pulses of both signs are not known");
    const [before, after] = [new Float32Array(count), new Float32Array(count)];
    cells.conductance(before);
    cells.train({ potentiate, depress, counts: new Int16Array(count).fill(sign) }, new Float64Array(count));
    cells.conductance(after);
    return over(after.map((conductance, k) => conductance - before[k]!));
  };
  const { standardDeviation } = pulsed(devices, spread);
  return {
    mean: medianStep(engine, device, sign) ?? pulsed(1, { ...spread, programmingNoise: false }).mean,
    standardDeviation,
  };
}

/** The median device's; null where it is not known in the middle of targets. */
function medianStep(engine: Engine, device: PreparedDevice, sign: 1 | -1): number | null {
  if (!(device.targetRange > device.targetLow)) return null;
  const { potentiate, depress } = conductanceSteps(engine, device);
  return sign > 0 ? potentiate : depress === null ? null : -depress;
}

function inTheMiddle(
  engine: Engine,
  device: PreparedDevice,
  count: number,
  draw: Draw,
  switches: DeviceSwitches,
): Cells {
  const { targetLow, targetRange } = device;
  const cells = device.create(engine, count, draw, switches);
  if (targetRange > targetLow) cells.replace?.(new Float32Array(count).fill((targetLow + targetRange) / 2), true);
  return cells;
}

function ratioOf(up: number, down: number): number | null {
  return up === down ? null : (up + down) / (up - down);
}

function over(values: Float32Array): OverDevices {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, standardDeviation: Math.sqrt(variance) };
}
