import type { DeviceModel, DeviceSwitches, PreparedDevice, Pulse } from "../../devices/index.ts";
import { drawOf } from "../../src/ground/draws/index.ts";
import { openEngine } from "../../src/ground/kernels/index.ts";
import { type StepKind, stepFields } from "./step-fields.ts";

/** What can be done to a device of one model and set. */
export interface Capabilities {
  /** The steps it can do, of all that a protocol may have. */
  readonly steps: readonly StepKind[];
  /** Why it cannot do a step; null where it can. */
  cannot(step: StepKind): string | null;
  /** How it is read where a protocol does not say. */
  readonly read: Pulse;
}

/** A device is looked at as it is: nothing is switched off. */
export const everything: DeviceSwitches = { programmingNoise: true, drift: true, readNoise: true, polarity: true };

/** Bytes of state that one device is given room for, and what its population takes besides. */
const deviceBytes = 2048;
const populationBytes = 1 << 22;

/** Kernel memory that so many devices take, bytes. */
export function characterisationBytes(devices: number): number {
  return populationBytes + deviceBytes * devices;
}

/** Asks one device what it can do. */
export async function capabilitiesOf(model: DeviceModel, device: PreparedDevice): Promise<Capabilities> {
  const engine = await openEngine(1 << 20, "typescript");
  const cells = device.create(engine, 1, drawOf(1), everything);
  const missing: Partial<Record<StepKind, string>> = {
    ...(cells.program || device.writeVerify ? {} : { program: `${model.name} cannot be programmed to a target` }),
    ...(cells.reset ? {} : { reset: `${model.name} has no RESET` }),
    ...(device.operation.light ? {} : { light: `light does nothing to ${model.name}` }),
  };
  return {
    steps: (Object.keys(stepFields) as StepKind[]).filter((step) => missing[step] === undefined),
    cannot: (step) => missing[step] ?? null,
    read: device.operation.read,
  };
}
