import { ownParameterSet, sourcesNamed, sourceText } from "../../circuits/index.ts";
import { type DeviceModel, deviceModels } from "../../devices/index.ts";
import { leavesOf } from "../../src/ground/known-tree.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { protocolsOf } from "./read-device.ts";

/** A device model as a user chooses it. */
export interface ListedModel {
  readonly name: string;
  readonly title: string;
  readonly kind: DeviceModel["kind"];
  readonly parameterSets: readonly string[];
  /** Names that `--protocol` takes with any of its sets. */
  readonly protocols: readonly string[];
  /** The works that its sets rest on, each in one line. */
  readonly sources: readonly string[];
}

/** Every device model with what it can be asked. */
export function listModels(): Promise<ListedModel[]> {
  return Promise.all(deviceModels.map(listed));
}

async function listed(model: DeviceModel): Promise<ListedModel> {
  const sets = model.parameterSets.map((name) => ownParameterSet(model, name));
  const protocols = await Promise.all(
    sets.map(async (set) => {
      const device = model.prepare(set.values);
      return Object.keys(protocolsOf(model, set, device, await capabilitiesOf(model, device)));
    }),
  );
  const names = sets.flatMap((set) => [
    set.law?.source ?? null,
    ...leavesOf(set.values).map(([, leaf]) => leaf.source),
  ]);
  return {
    name: model.name,
    title: model.title,
    kind: model.kind,
    parameterSets: model.parameterSets,
    protocols: [...new Set(protocols.flat())],
    sources: sourcesNamed(names).map(sourceText),
  };
}
