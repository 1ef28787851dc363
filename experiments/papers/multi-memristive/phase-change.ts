import { ownParameterSet } from "../../../circuits/index.ts";
import { type DeviceSwitches, deviceModel, type PreparedDevice } from "../../../devices/index.ts";

/** The accumulating phase-change device of the reference, G at most 20 uS. */
export function phaseChangeDevice(): PreparedDevice {
  const model = deviceModel("pcm-accumulation");
  return model.prepare(ownParameterSet(model, "nandakumar-2018").values);
}

/** Every cause that the device has. */
export const everything: DeviceSwitches = { programmingNoise: true, drift: true, readNoise: true, polarity: true };
