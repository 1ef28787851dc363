import { deviceModels } from "../../devices/index.ts";
import { keepsTheDeviceContract } from "../contracts/device-contract.ts";

for (const model of deviceModels.filter(({ kind }) => kind === "programmed")) {
  for (const set of model.parameterSets) keepsTheDeviceContract(model, set);
}
