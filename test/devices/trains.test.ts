import { deviceModels } from "../../devices/index.ts";
import { keepsTheTrainContract } from "../contracts/trains-contract.ts";

for (const model of deviceModels.filter(({ kind }) => kind !== "programmed")) {
  for (const set of model.parameterSets) keepsTheTrainContract(model, set);
}
