import { at, type Draw, normalsOfCell } from "../../src/ground/draws/index.ts";
import type { Pulse, PulseTrains } from "../device.ts";
import { limitedVoltage } from "./continuous.ts";
import { type Devices, hold } from "./devices.ts";
import type { DeviceLaw, Stretch } from "./law.ts";
import { workBetween } from "./work.ts";

/** What pulses of a train meet beside their voltage. */
export type TrainConditions = Pick<Stretch, "temperature" | "irradiance" | "wavelength" | "compliance">;

/**
 * Pulses for some devices, one after another. Pulse n of device i takes its normals from address (i, n) of at(draw, "train").
 *
 * @param work  J, [cells], added to
 * @returns how often a device was held at a limit
 */
export function trainDevices(
  law: DeviceLaw,
  devices: Devices,
  draw: Draw,
  spread: number,
  { potentiate, depress, counts, selected }: PulseTrains,
  conditions: TrainConditions,
  work: Float64Array,
): number {
  const train = at(draw, "train");
  const stretchOf = ({ voltage, width }: Pulse): Stretch => ({
    ...conditions,
    from: voltage,
    to: voltage,
    duration: width,
    since: 0,
  });
  const [up, down] = [stretchOf(potentiate), stretchOf(depress)];
  let clipped = 0;
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k]!;
    if (count === 0) continue;
    const i = selected ? selected[k]! : k;
    const stretch = count > 0 ? up : down;
    const writes = law.writes(stretch.from);
    for (let pulse = Math.abs(count); pulse > 0; pulse--) {
      devices.take(i);
      const { x, own, normals } = devices;
      if (devices.held[i] !== hold.not) {
        const limited = limitedVoltage(law, stretch.from, stretch.compliance, x, own, stretch);
        work[i]! += workBetween(law, x, x, { ...stretch, from: limited, to: limited }, own);
        continue;
      }
      normalsOfCell(train, i, devices.trained[i]!, normals);
      for (let n = 0; n < normals.length; n++) normals[n]! *= spread;
      work[i]! += law.evolve(x, stretch, normals, own);
      devices.trained[i]!++;
      if (writes) devices.write(i);
      clipped += devices.put(i);
    }
  }
  return clipped;
}
