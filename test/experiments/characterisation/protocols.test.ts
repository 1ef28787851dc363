import { describe, expect, it } from "vitest";
import { deviceModels } from "../../../devices/index.ts";
import { listModels } from "../../../experiments/characterisation/index.ts";
import { characterised, subjectOf } from "./characterised.ts";

const generic = [
  ...["iv-sweep", "pulse-train", "paired-pulse", "program-and-verify", "retention", "read-noise", "endurance"],
  ...["decay-against-bias", "light-pulse"],
];

describe("the list of models", () => {
  it("has every model with its sets, its protocols and its sources", async () => {
    const models = await listModels();
    expect(models.map(({ name }) => name)).toEqual(deviceModels.map(({ name }) => name));
    for (const { name, parameterSets, protocols, sources } of models) {
      expect(parameterSets.length).toBeGreaterThan(0);
      expect(protocols).toContain("default");
      // The baseline is a definition.
      if (name !== "ideal") expect(sources.length, name).toBeGreaterThan(0);
    }
    const vteam = models.find(({ name }) => name === "vteam")!;
    expect(vteam.protocols).toEqual(expect.arrayContaining(generic.filter((name) => name !== "light-pulse")));
    expect(vteam.sources.join()).toContain("doi:10.1109/TCSII.2015.2433536");
  });

  it("names protocols that every set of the model reads", async () => {
    for (const { name: model, parameterSets } of deviceModels) {
      for (const parameters of parameterSets) {
        const { protocol } = await subjectOf({ model, parameters });
        expect(protocol.steps.length, `${model} ${parameters}`).toBeGreaterThan(0);
      }
    }
    for (const { name: model, protocols } of await listModels()) {
      // A protocol of one set alone may be no other's.
      for (const name of protocols.filter((own) => generic.includes(own))) {
        const reads = await Promise.all(
          deviceModels
            .find((own) => own.name === model)!
            .parameterSets.map((parameters) => subjectOf({ model, name, parameters }).catch((error: Error) => error)),
        );
        expect(
          reads.some((read) => !(read instanceof Error)),
          `${model} ${name}`,
        ).toBe(true);
      }
    }
  });
});

describe.each(deviceModels.map(({ name }) => name))("%s", (model) => {
  it("shows what it is known for: finite numbers in order of time, passive energy", async () => {
    const { columns, energy, law, set } = await characterised({ model });
    for (const [name, column] of Object.entries(columns)) {
      expect(column.every(Number.isFinite), name).toBe(true);
    }
    const { time, device } = columns;
    expect(time!.every((now, row) => device![row] !== device![row - 1] || now >= time![row - 1]!)).toBe(true);
    expect(columns.conductance!.some((g) => g !== columns.conductance![0])).toBe(true);
    expect(Number.isFinite(energy.total)).toBe(true);
    expect(law.text.length).toBeGreaterThan(10);
    expect(set.parameters.length).toBeGreaterThan(0);
  });
});
