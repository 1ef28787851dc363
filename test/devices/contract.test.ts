import { describe, expect, it } from "vitest";
import { deviceModels } from "../../devices/index.ts";
import { keepsTheDeviceContract } from "../contracts/device-contract.ts";

const folders: Record<string, string> = { ideal: "ideal", pcm: "phase-change" };

for (const model of deviceModels) {
  for (const set of model.parameterSets) keepsTheDeviceContract(model, `${folders[model.name]}/${set}`);
}

describe("the catalogue", () => {
  it("has every model under test", () => {
    expect(deviceModels.map(({ name }) => name).sort()).toEqual(Object.keys(folders).sort());
  });
});
