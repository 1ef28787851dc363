import type { Engine } from "../../src/ground/kernels/index.ts";
import type { Devices } from "./devices.ts";
import type { DeviceLaw, OhmicLaw, Stretch } from "./law.ts";

/** Conductances now of some devices, or of all, S, for as long as `use` runs. */
export function lookAt(
  engine: Engine,
  devices: Devices,
  law: OhmicLaw,
  selected: Uint32Array | undefined,
  use: (conductance: Float32Array) => void,
): void {
  const { memory } = engine;
  const mark = memory.mark();
  const wanted = selected && memory.uint32(selected.length);
  wanted?.set(selected!);
  const conductance = memory.float32(wanted?.length ?? devices.count);
  law.conductance(engine, devices.arrays, devices.behind, wanted, conductance);
  use(conductance);
  memory.release(mark);
}

/**
 * A stretch in which ohmic devices do nothing but get older; false where it must be gone through.
 *
 * @param work  J, [cells], added to
 */
export function rest(
  engine: Engine,
  devices: Devices,
  { age, bulk }: Pick<DeviceLaw, "age" | "bulk">,
  stretch: Stretch,
  work: Float64Array,
  selected: Uint32Array | undefined,
): boolean {
  const ohmic = bulk?.ohmic;
  if (age === undefined || !ohmic?.steady(stretch) || devices.anyHeld) return false;
  const joules = stretch.from * stretch.from * stretch.duration;
  lookAt(engine, devices, ohmic, selected, (conductance) => {
    if (selected) for (let k = 0; k < selected.length; k++) work[selected[k]!]! += joules * conductance[k]!;
    else for (let i = 0; i < conductance.length; i++) work[i]! += joules * conductance[i]!;
  });
  const ages = devices.arrays.x[age]!;
  if (!selected) devices.behind += stretch.duration;
  else for (let k = 0; k < selected.length; k++) ages[selected[k]!]! += stretch.duration;
  return true;
}
