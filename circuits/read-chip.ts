import { type DeviceModel, deviceModel, deviceModels } from "../devices/index.ts";
import { InputError, inputError, namesNear } from "../src/ground/errors.ts";
import type { Known, KnownTree } from "../src/ground/known.ts";
import { leafAt, leavesOf } from "../src/ground/known-tree.ts";
import { below, embeddedTree, userTree, type WrittenTree } from "../src/ground/written-tree.ts";
import type { Chip } from "./chip.ts";
import { chipFile, chipPresets, presetFile } from "./chip-file.ts";
import { type ChipFile, type SectionName, sectionNames } from "./chip-schema.ts";
import { costsOf } from "./energy/index.ts";
import { nameKeys, type Override, overrideOf, withOverrides } from "./overrides.ts";
import {
  costTable,
  differing,
  type Open,
  ownParameterSet,
  type Place,
  parameterSet,
  replaced,
  type ValueFile,
} from "./value-files.ts";

export interface ChipRequest {
  /** A preset's name, else a device model's, else a file as the user named it. */
  readonly chip: string;
  /** A parameter set's name or file, instead of the chip's own. */
  readonly parameters?: string | undefined;
  readonly overrides?: readonly Override[] | undefined;
  /** Whether its cells need not come to a target: who only pulses them asks for none. */
  readonly pulsedOnly?: boolean | undefined;
  readonly open: Open;
}

/**
 * The chip a user asked for: what a file leaves out comes from the preset named like its device model, else from `pcm`; then
 * overrides. All that can be wrong with it is refused here, with file and line.
 */
export function readChip(request: ChipRequest): Chip {
  const { overrides = [] } = request;
  const file = fileOf(request.chip, request.open);
  const model = modelOf(file, overrides);
  const preset = chipPresets().includes(model.name);
  const base = presetFile(preset ? model.name : "pcm");
  const { sections } = file;
  const places: Places = new Map();
  const set = setOf(request, file, model, base);
  const table = tableOf(overrides, file, base);
  const chip: Chip = {
    name: sections.name ?? request.chip,
    title: sections.title ?? (preset ? base.title! : set.title),
    device: {
      model: named("model", model.name, sections.device, base.device),
      parameters: named("parameters", set.name, sections.device, base.device),
      values: withOwn(file, "device", set, places),
      covers: set.covers,
      notCovered: set.notCovered,
    },
    ...whole(preset ? base : { ...base, read: readAsSet(base, model, set) as ChipFile["read"] }, sections),
    costTable: named("table", table.name, sections.costs, base.costs),
    costs: withOwn(file, "costs", table, places),
  };
  const changed = withOverrides(chip, overrides, (path, value) => places.set(path, { where: "--set", value }));
  return checked(changed, model, file, places, request.pulsedOnly === true);
}

interface File {
  readonly sections: ChipFile;
  readonly written: WrittenTree;
}

/** Where the user wrote a leaf, and what. */
type Places = Map<string, { readonly where: string; readonly value: string }>;

/** A parameter set or cost table, with the one that the file itself names where another was asked for. */
type Chosen = ValueFile & { readonly instead?: ValueFile | undefined };

/** The chip file meant by a name: preset, model, or the user's. */
function fileOf(name: string, open: Open): File {
  if (chipPresets().includes(name)) return { sections: presetFile(name), written: embeddedTree(`chips/${name}`) };
  const models = deviceModels.map((model) => model.name);
  if (models.includes(name)) {
    return { sections: { device: { model: assumed(name, null) } }, written: embeddedTree("chips/pcm") };
  }
  const text = open(name);
  if (text !== undefined) {
    const written = userTree(text, name, "chip file");
    return { sections: chipFile(written), written };
  }
  const names = [...new Set([...chipPresets(), ...models])];
  const found = `no preset, device model or file "${name}"`;
  const expected = `${names.join(", ")} or a chip file`;
  throw inputError({ file: "chip", found, expected, near: namesNear(name, names) });
}

function modelOf({ sections, written }: File, overrides: readonly Override[]): DeviceModel {
  const override = overrideOf(overrides, nameKeys.model);
  if (override !== undefined) return deviceModel(override, "--set");
  return deviceModel(word(sections.device, "model") ?? "pcm", shownPlace(written.where("device.model")));
}

function setOf(request: ChipRequest, { sections, written }: File, model: DeviceModel, base: ChipFile): Chosen {
  const { parameters, overrides = [], open } = request;
  const inFile = word(sections.device, "parameters");
  const modelInFile = deviceModel(word(sections.device, "model") ?? "pcm");
  const own =
    inFile === undefined ? undefined : parameterSet(modelInFile, inFile, open, written.where("device.parameters"));
  if (parameters !== undefined)
    return { ...parameterSet(model, parameters, open, { file: "--parameters" }), instead: own };
  const override = overrideOf(overrides, nameKeys.parameters);
  if (override !== undefined) return { ...parameterSet(model, override, open, { file: "--set" }), instead: own };
  if (own && modelInFile === model) return own;
  const preset = word(base.device, "model") === model.name ? word(base.device, "parameters") : undefined;
  return { ...ownParameterSet(model, preset ?? model.parameterSets[0]!), instead: own };
}

function tableOf(overrides: readonly Override[], { sections, written }: File, base: ChipFile): Chosen {
  const own = costTable(word(sections.costs, "table") ?? word(base.costs, "table")!, written.where("costs"));
  const override = overrideOf(overrides, nameKeys.costTable);
  return override === undefined ? own : { ...costTable(override, { file: "--set" }), instead: own };
}

/**
 * Values of a set or table with what the file writes beside its name. Where another set was asked for, what only repeats the
 * file's own set goes with that set.
 */
function withOwn({ sections, written }: File, top: "device" | "costs", chosen: Chosen, places: Places): KnownTree {
  const { model: _model, parameters: _parameters, table: _table, ...over } = sections[top] ?? {};
  const kind = top === "device" ? "parameter set" : "cost table";
  const values = chosen.instead ? differing(over, chosen.instead.values) : over;
  const ofPackage = chosen.written.label.startsWith("data/");
  for (const [path] of ofPackage ? [] : leavesOf(chosen.values)) {
    const own = `values.${path}`;
    if (!isWritten(chosen.written.tree, own)) continue;
    places.set(`${top}.${path}`, {
      where: shownPlace(chosen.written.where(own)),
      value: chosen.written.shownAt(own),
    });
  }
  return replaced(chosen.values, values, below(written, top), kind, (path) => {
    const full = `${top}.${path}`;
    places.set(full, { where: shownPlace(written.where(full)), value: written.shownAt(full) });
  });
}

function isWritten(tree: unknown, path: string): boolean {
  return (
    path.split(".").reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], tree) !==
    undefined
  );
}

/**
 * A model without a preset is read as its set says. Where cells conduct differently with the voltage reversed they are never read so:
 * inputs of both signs come one after another, and both bit lines of a pair have converters.
 */
function readAsSet({ read = {} }: ChipFile, model: DeviceModel, { values }: ValueFile): KnownTree {
  const [voltage, time] = [leafAt(values, "operation.read.voltage"), leafAt(values, "operation.read.width")];
  const oneWay = {
    phases: { value: 2, unit: "1", howKnown: "assumed", source: null },
    subtraction: { value: "after-converter", unit: "", howKnown: "assumed", source: null },
  } as const;
  return {
    ...(read as KnownTree),
    ...(voltage && { voltage }),
    ...(time && { time }),
    ...(tellsPolarity(model, values) && oneWay),
  };
}

/** What is wrong with a set is said where it is checked. */
function tellsPolarity(model: DeviceModel, values: KnownTree): boolean {
  try {
    return model.prepare(values).tellsPolarity;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Every section whole: the file's leaves over the defaults. */
function whole(base: ChipFile, file: ChipFile): Pick<Chip, SectionName> {
  const sections = Object.fromEntries(sectionNames.map((section) => [section, { ...base[section], ...file[section] }]));
  return sections as unknown as Pick<Chip, SectionName>;
}

/** Model and cost table read their values once: what they refuse is told with the place where the user wrote it. */
function checked(chip: Chip, model: DeviceModel, { written }: File, places: Places, pulsedOnly: boolean): Chip {
  try {
    if (model.prepare(chip.device.values).targetRange === 0 && !pulsedOnly) {
      throw inputError({
        file: shownPlace(written.where("device.model")).startsWith("data/") ? "chip" : written.label,
        found: `the device model ${model.name}, which cannot be programmed to a target`,
        expected: "one that can",
      });
    }
    costsOf(chip.costs, chip);
    return chip;
  } catch (error) {
    const refused =
      error instanceof InputError
        ? /^(parameter set|cost table):([\w.]+): (.*?)(, expected .*)$/.exec(error.message)
        : null;
    if (!refused) throw error;
    const [, kind, key, found, expected] = refused;
    const path = `${kind === "parameter set" ? "device" : "costs"}.${key}`;
    const place = places.get(path);
    throw new InputError(`${place?.where ?? written.label}: ${path} is ${place?.value ?? found}${expected}`);
  }
}

/** The leaf that names a model, set or table, as known as the file that names it says. */
function named(key: string, name: string, ...trees: readonly (KnownTree | undefined)[]): Known<string> {
  const said = trees.map((tree) => tree?.[key] as Known<string> | undefined).find((leaf) => leaf?.value === name);
  return said ?? assumed(name, "set by the user");
}

function word(tree: KnownTree | undefined, key: string): string | undefined {
  const value = tree?.[key]?.value;
  return typeof value === "string" ? value : undefined;
}

function assumed(value: string, source: string | null): Known<string> {
  return { value, unit: "", howKnown: "assumed", source };
}

function shownPlace({ file, place }: Place): string {
  return place === undefined ? file : `${file}:${place}`;
}
