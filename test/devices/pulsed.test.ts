import { deviceModels } from "../../devices/index.ts";
import { keepsThePulsedContract } from "../contracts/pulsed-contract.ts";

for (const model of deviceModels.filter(({ kind }) => kind !== "programmed")) {
  for (const set of model.parameterSets) keepsThePulsedContract(model, set);
}
