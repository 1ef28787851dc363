import { type Devices, hold } from "./devices.ts";
import type { DeviceLaw, Surroundings } from "./law.ts";
import { rootBetween } from "./root.ts";

/**
 * Moves every device along the variable that sets its conductance, to the conductance asked for or the nearest that it has.
 *
 * @param conductance  S at `voltage`, [devices]
 * @param drifts  whether it changes from there as by itself; else it is held
 */
export function replaceConductances(
  law: DeviceLaw,
  devices: Devices,
  voltage: number,
  surroundings: Surroundings,
  conductance: Float32Array,
  drifts: boolean,
): void {
  const { x, own, bounds } = devices;
  const k = law.conducting;
  for (let i = 0; i < devices.count; i++) {
    devices.take(i);
    devices.limits(i);
    const [low, high] = [bounds[2 * k]!, bounds[2 * k + 1]!];
    const excess = (value: number): number => {
      x[k] = value;
      return law.current(voltage, x, own, surroundings) / voltage - conductance[i]!;
    };
    const [below, above] = [excess(low), excess(high)];
    const within = below < 0 !== above < 0;
    const nearer = Math.abs(below) < Math.abs(above) ? low : high;
    x[k] = within ? rootBetween(excess, low, high, 1e-12 * (high - low)) : nearer;
    devices.put(i);
    devices.holdAt(i, drifts ? hold.not : hold.asTold);
  }
}
