import { describe, expect, it } from "vitest";
import { deviceModels } from "../../devices/index.ts";
import { keepsTheDeviceContract } from "../contracts/device-contract.ts";

const sets: Record<string, string> = { ideal: "ideal/exact", pcm: "phase-change/joshi-2020" };

for (const model of deviceModels) keepsTheDeviceContract(model, sets[model.name]!);

describe("the catalogue", () => {
  it("has every model under test", () => {
    expect(deviceModels.map(({ name }) => name).sort()).toEqual(Object.keys(sets).sort());
  });
});
