import { ownParameterSet } from "../../../circuits/index.ts";
import { type DeviceSwitches, deviceModel, type PreparedDevice } from "../../../devices/index.ts";
import type { Known, KnownTree } from "../../../src/ground/known.ts";

/** Devices as they are when a run begins. */
export interface StartingDevices {
  /** S. */
  readonly conductance: number;
  /** S, standard deviation from device to device. */
  readonly deviation: number;
  /** Potentiating pulses since their RESET, whose memory they have. */
  readonly pulses: number;
}

/** The accumulating phase-change device of the reference, G at most 20 uS. @param start  absent: RESET */
export function phaseChangeDevice(start?: StartingDevices): PreparedDevice {
  const model = deviceModel("pcm-accumulation");
  const { values } = ownParameterSet(model, "nandakumar-2018");
  return model.prepare(start ? startingFrom(values, start) : values);
}

/** Every cause that the device has. */
export const everything: DeviceSwitches = { programmingNoise: true, drift: true, readNoise: true, polarity: true };

function startingFrom(values: KnownTree, { conductance, deviation, pulses }: StartingDevices): KnownTree {
  const assumed = (value: number, unit: string): Known => ({ value, unit, howKnown: "assumed", source: null });
  const start = {
    conductance: assumed(conductance, "S"),
    deviation: assumed(deviation, "S"),
    pulses: assumed(pulses, "1"),
  };
  return { ...values, start };
}
