import { Arbitration, type ArbitrationSpec, SynapseArray } from "../../../circuits/index.ts";
import { inParallel } from "../../../crossbar/index.ts";
import type { DeviceSwitches, Operation } from "../../../devices/index.ts";
import { at, type Draw } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";
import { phaseChangeDevice, type StartingDevices } from "./phase-change.ts";

export interface PhaseChangeSynapsesSpec {
  readonly synapses: number;
  readonly arbitration: ArbitrationSpec;
  /** Absent: RESET. */
  readonly start?: StartingDevices;
  readonly switches: DeviceSwitches;
}

/** Synapses of one set of phase-change devices each: potentiation accumulates, depression is a RESET. */
export function phaseChangeSynapses(
  engine: Engine,
  { synapses, arbitration, start, switches }: PhaseChangeSynapsesSpec,
  draw: Draw,
): { readonly array: SynapseArray; readonly operation: Operation } {
  const device = inParallel(phaseChangeDevice(start), arbitration.devices);
  const cells = device.create(engine, synapses, at(draw, "devices"), switches);
  const clock = new Arbitration(arbitration, synapses, draw);
  return { array: new SynapseArray(cells, null, device.operation, "single", clock), operation: device.operation };
}

/** Bytes of an engine's memory for so many devices, with what is lent while they are read and pulsed. */
export const bytesForDevices = (devices: number): number => 2 ** 22 + 128 * devices;
