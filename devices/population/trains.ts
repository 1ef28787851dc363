import { type Draw, normalsOfCell } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import type { Pulse, PulseTrains } from "../device.ts";
import { limitedVoltage } from "./continuous.ts";
import { type Devices, hold } from "./devices.ts";
import type { BulkTrained, DeviceLaw, Stretch } from "./law.ts";
import { workBetween } from "./work.ts";

/** What pulses of a train meet beside their voltage. */
export type TrainConditions = Pick<Stretch, "temperature" | "irradiance" | "wavelength" | "compliance">;

/** Whose pulses they are, and where their normals come from. */
export interface TrainLaw {
  readonly law: DeviceLaw;
  readonly draw: Draw;
  /** Of normals that stand for whole trains of all devices, and its number among them. */
  readonly together: { readonly draw: Draw; readonly event: number };
  /** Of spreads; 0: none. */
  readonly scale: number;
  /** Whether writes may be a device's last, or close its window. */
  readonly wears: boolean;
}

/**
 * Pulses for some devices, one after another. Pulse n of device i takes its normals from address (i, n) of the law's draw.
 *
 * @param work  J, [cells], added to; null: nobody asks
 */
export function trainDevices(
  engine: Engine,
  devices: Devices,
  how: TrainLaw,
  { potentiate, depress, counts, selected }: PulseTrains,
  conditions: TrainConditions,
  work: Float64Array | null,
): BulkTrained {
  const stretchOf = ({ voltage, width }: Pulse): Stretch => ({
    ...conditions,
    from: voltage,
    to: voltage,
    duration: width,
    since: 0,
  });
  const [up, down] = [stretchOf(potentiate), stretchOf(depress)];
  const { law, draw, together, scale, wears } = how;
  const { held, behind, trained, writes } = devices;
  if (law.bulk?.train && !wears) {
    const free = devices.anyHeld ? counts.slice() : counts;
    if (free !== counts) {
      for (let k = 0; k < free.length; k++) if (held[selected ? selected[k]! : k] !== hold.not) free[k] = 0;
    }
    const trains = { up, down, counts: free, selected, draw, together, scale, behind, trained, writes, work };
    const done = law.bulk.train(engine, devices.arrays, trains);
    if (done && free === counts) return done;
    if (done) {
      const { works } = oneByOne(devices, how, up, down, counts, selected, work, true);
      const potentiation = done.works.potentiation + works.potentiation;
      return { clipped: done.clipped, works: { potentiation, depression: done.works.depression + works.depression } };
    }
  }
  return oneByOne(devices, how, up, down, counts, selected, work, false);
}

/** @param heldAlone  pulses of free devices are left out */
function oneByOne(
  devices: Devices,
  { law, draw, scale }: TrainLaw,
  up: Stretch,
  down: Stretch,
  counts: Int16Array,
  selected: Uint32Array | undefined,
  work: Float64Array | null,
  heldAlone: boolean,
): BulkTrained {
  let clipped = 0;
  const works = { potentiation: 0, depression: 0 };
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]!;
    if (count === 0) continue;
    const i = selected ? selected[k]! : k;
    if (heldAlone && devices.held[i] === hold.not) continue;
    const stretch = count > 0 ? up : down;
    const writes = law.writes(stretch.from);
    let joules = 0;
    for (let pulse = Math.abs(count); pulse > 0; pulse--) {
      devices.take(i);
      const { x, own, normals } = devices;
      if (devices.held[i] !== hold.not) {
        const limited = limitedVoltage(law, stretch.from, stretch.compliance, x, own, stretch);
        joules += workBetween(law, x, x, { ...stretch, from: limited, to: limited }, own);
        continue;
      }
      normalsOfCell(draw, i, devices.trained[i]!, normals);
      for (let n = 0; n < normals.length; n++) normals[n]! *= scale;
      joules += law.evolve(x, stretch, normals, own);
      devices.trained[i]!++;
      if (writes) devices.write(i);
      clipped += devices.put(i);
    }
    works[count > 0 ? "potentiation" : "depression"] += joules;
    if (work) work[i]! += joules;
  }
  return { clipped, works };
}

/** How long cells wait once they had their pulses, until all have come to the same time. */
export interface Waits {
  readonly longest: number;
  /** Each cell's own, s, [cells]. */
  each(): Float64Array;
  /** Takes from times that all have grown by the longest wait what cells did not wait of it. */
  shorten(times: Float32Array | Float64Array): void;
}

/** @param count  cells */
export function waitsOf({ potentiate, depress, counts, selected, lasting = 0 }: PulseTrains, count: number): Waits {
  const shorten = (times: Float32Array | Float64Array): void => {
    for (let k = 0; k < counts.length; k++) {
      const pulses = counts[k]!;
      if (pulses !== 0)
        times[selected ? selected[k]! : k]! -= pulses > 0 ? pulses * potentiate.width : -pulses * depress.width;
    }
  };
  return {
    longest: lasting,
    each() {
      const waits = new Float64Array(count).fill(lasting);
      shorten(waits);
      return waits;
    },
    shorten,
  };
}
