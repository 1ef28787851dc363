import type { Engine } from "../../src/ground/kernels/index.ts";
import type { Devices } from "./devices.ts";
import type { DeviceLaw, OhmicLaw, Stretch } from "./law.ts";

/**
 * Conductances now of some devices, or of all, S, for as long as `use` runs.
 *
 * @param older  s that the ages of these devices grow by afterwards
 */
export function lookAt(
  engine: Engine,
  devices: Devices,
  law: OhmicLaw,
  selected: Uint32Array | undefined,
  older: number,
  use: (conductance: Float32Array) => void,
): void {
  const { memory } = engine;
  const mark = memory.mark();
  const wanted = selected && memory.uint32(selected.length);
  wanted?.set(selected!);
  const conductance = memory.float32(wanted?.length ?? devices.count);
  law.conductance(engine, devices.arrays, devices.behind, wanted, conductance, older);
  use(conductance);
  memory.release(mark);
}

/**
 * A stretch in which ohmic devices do nothing but get older; false where it must be gone through.
 *
 * @param use  sees the conductances at its start, S, [selected] or [cells], and what they are to be multiplied with to be work, J/S
 */
export function rest(
  engine: Engine,
  devices: Devices,
  { age, bulk }: Pick<DeviceLaw, "age" | "bulk">,
  stretch: Stretch,
  selected: Uint32Array | undefined,
  use: (conductance: Float32Array, joules: number) => void,
): boolean {
  const ohmic = bulk?.ohmic;
  if (age === undefined || !ohmic?.steady(stretch) || devices.anyHeld) return false;
  const joules = stretch.from * stretch.from * stretch.duration;
  lookAt(engine, devices, ohmic, selected, selected ? stretch.duration : 0, (conductance) => use(conductance, joules));
  if (!selected) devices.behind += stretch.duration;
  return true;
}
