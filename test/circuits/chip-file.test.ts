import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chip } from "../../circuits/chip.ts";
import { chipPresets } from "../../circuits/chip-file.ts";
import { sectionNames } from "../../circuits/chip-schema.ts";
import { readOverride } from "../../circuits/overrides.ts";
import { chipTree, printChip } from "../../circuits/print-chip.ts";
import { readChip } from "../../circuits/read-chip.ts";
import { deviceModels } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import { isKnown, type KnownTree } from "../../src/ground/known.ts";
import { leafAt, leavesOf } from "../../src/ground/known-tree.ts";

/** A chip from files in memory and `--set`s. */
function chipOf(
  chip: string,
  sets: readonly string[] = [],
  files: Record<string, string> = {},
  parameters?: string,
): Chip {
  return readChip({ chip, parameters, overrides: sets.map(readOverride), open: (name) => files[name] });
}
const fromText = (text: string, ...sets: string[]) => chipOf("chip.yaml", sets, { "chip.yaml": text });

const models = deviceModels.map(({ name }) => name);

describe("presets", () => {
  it("are ideal, pcm and pcm-hermes", () => {
    expect(chipPresets()).toEqual(["ideal", "pcm", "pcm-hermes"]);
  });

  it.each(chipPresets())("%s is whole: every leaf there, of known origin", (name) => {
    const chip = chipOf(name);
    const expected = {
      tile: ["rows", "columns", "scale"],
      read: ["voltage", "time", "input", "phases", "subtraction"],
      inputConverter: ["bits", "range"],
      outputConverter: ["bits", "range", "perTile", "conversionTime"],
      calibration: ["images", "compensationVectors"],
    };
    expect(Object.keys(expected)).toEqual(sectionNames);
    for (const section of sectionNames) {
      expect(Object.keys(chip[section]).sort()).toEqual([...expected[section]].sort());
      for (const leaf of Object.values(chip[section])) expect(isKnown(leaf)).toBe(true);
    }
    expect(chip.name).toBe(name);
  });

  it("pcm is doped GST on 512 x 512 tiles with 8-bit converters", () => {
    const chip = chipOf("pcm");
    expect(chip.device.model.value).toBe("pcm");
    expect(chip.device.parameters.value).toBe("joshi-2020");
    expect(leafAt(chip.device.values, "range")).toMatchObject({ value: 25e-6, unit: "S", howKnown: "paper" });
    expect(leafAt(chip.device.covers, "timeTo")).toMatchObject({ value: 10 * 86_400, unit: "s" });
    expect(chip.tile.rows.value * chip.tile.columns.value).toBe(512 * 512);
    expect(chip.read).toMatchObject({ voltage: { value: 0.2, unit: "V" }, time: { value: 250e-9, unit: "s" } });
    expect([chip.inputConverter.bits.value, chip.outputConverter.bits.value]).toEqual([8, 8]);
    expect(leafAt(chip.costs, "buffer.read")).toMatchObject({ value: 2.5e-12, unit: "J/byte" });
  });

  it("pcm-hermes is a core of 256 x 256 pairs of pairs, with four-phase reads and an oscillator on every column", () => {
    const chip = chipOf("pcm-hermes");
    expect(chip.device.parameters.value).toBe("le-gallo-2023");
    expect(leafAt(chip.device.values, "devicesPerCell")?.value).toBe(2);
    expect([chip.tile.rows.value, chip.tile.columns.value, chip.outputConverter.perTile.value]).toEqual([
      256, 256, 256,
    ]);
    expect([chip.read.phases.value, chip.inputConverter.bits.value]).toEqual([4, 8]);
    expect(chip.costTable.value).toBe("hermes-14nm");
    expect(chipOf("pcm-hermes", ["read.phases=1"]).read.phases.value).toBe(1);
    expect(() => chipOf("pcm-hermes", ["read.phases=3"])).toThrow("--set: read.phases is 3, expected 1, 2 or 4");
  });

  it("ideal has no converters", () => {
    const chip = chipOf("ideal");
    expect([chip.inputConverter.bits.value, chip.outputConverter.bits.value]).toEqual([Infinity, Infinity]);
    expect(chip.device.model.value).toBe("ideal");
  });
});

describe("a chip file", () => {
  it("may be partial: the rest is the preset's of its model", () => {
    const chip = fromText("device: {model: pcm, parameters: joshi-2020}\ntile: {rows: 256}\nread: {voltage: 150 mV}\n");
    const pcm = chipOf("pcm");
    expect(chip.tile.rows).toEqual({ value: 256, unit: "1", howKnown: "assumed", source: "chip file" });
    expect(chip.read.voltage.value).toBe(0.15);
    expect(chip.tile.columns).toEqual(pcm.tile.columns);
    expect(chip.device.values).toEqual(pcm.device.values);
    expect(chip.costs).toEqual(pcm.costs);
    expect(chip.name).toBe("chip.yaml");
    expect(fromText("device: {model: ideal}").inputConverter.bits.value).toBe(Infinity);
  });

  it("may replace values of its parameter set and cost table, with or without provenance", () => {
    const chip = fromText(
      "device: {range: 20 uS, readNoise: {scale: {value: 0.5, howKnown: measured, source: my-lab}}}\ncosts: {static: {tile: 1 mW}}\n",
    );
    expect(leafAt(chip.device.values, "range")?.value).toBe(20e-6);
    expect(leafAt(chip.device.values, "readNoise.scale")).toEqual({
      value: 0.5,
      unit: "1",
      howKnown: "measured",
      source: "my-lab",
    });
    expect(leafAt(chip.costs, "static.tile")).toMatchObject({ value: 1e-3, unit: "W" });
    expect(leafAt(chip.costs, "static.digital")).toEqual(leafAt(chipOf("pcm").costs, "static.digital"));
  });

  it.each([
    [
      "tile:\n  columns: 512\n  rows: 512 uS",
      "chip.yaml:3: tile.rows is 512 uS, expected a whole number from 1 to 4096",
    ],
    ["tile: {rows: 5.5}", "chip.yaml:1: tile.rows is 5.5, expected a whole number from 1 to 4096"],
    ["tile: {rows: 0}", "tile.rows is 0, expected a whole number"],
    ["tile: {rows: 5000}", "tile.rows is 5000, expected a whole number from 1 to 4096"],
    ["tile: {rows: many}", "tile.rows is many, expected a whole number"],
    ["tile: {rows: {value: 4, unit: uS}}", "tile.rows is 4 uS, expected a whole number"],
    ["tile: {rows: .nan}", "chip.yaml:1: tile.rows is NaN, expected"],
    ["tile:\n  row: 5", 'chip.yaml:2: no key "tile.row", expected rows, columns, scale; near: rows'],
    ["tiles:\n  rows: 5", 'chip.yaml:1: no key "tiles", expected name, title, device, tile'],
    ["tile: 5", "chip.yaml:1: tile is 5, expected the keys of tile"],
    ["tile: {scale: row}", "tile.scale is row, expected column or tile or layer"],
    ["name: [1]", "chip.yaml:1: name is [1], expected text"],
    ["- 1", "chip.yaml: [1], expected a chip"],
    ["read: {voltage: 0.2 A}", "read.voltage is 0.2 A, expected a voltage such as 0.2 V"],
    ["read: {voltage: -0.2 V}", "read.voltage is -0.2 V, expected a voltage"],
    ["read: {time: 0 ns}", "read.time is 0 ns, expected a time"],
    ["read: {phases: 3}", "read.phases is 3, expected 1, 2 or 4"],
    ["inputConverter: {bits: 1}", "inputConverter.bits is 1, expected a whole number from 2 to 16, or Infinity"],
    ["inputConverter: {bits: 17}", "inputConverter.bits is 17"],
    ["inputConverter: {bits: 7.5}", "inputConverter.bits is 7.5"],
    ["device:\n  model: pcmm", `chip.yaml:2: no model "pcmm", expected ${models.join(", ")}; near: pcm`],
    [
      "device:\n  parameters: joshi",
      'chip.yaml:2: no parameter set or file "joshi" of the model pcm, expected joshi-2020, le-gallo-2023, le-gallo-2023-single or a file; near: joshi-2020',
    ],
    [
      "device:\n  range: -25 uS",
      "chip.yaml:2: device.range is -25 uS, expected a conductance such as 25 uS, not negative",
    ],
    ["device:\n  range: 0 uS", "chip.yaml:2: device.range is 0 uS, expected a number"],
    ["device:\n  range: 25 uA", "chip.yaml:2: device.range is 25 uA, expected a conductance"],
    ["device:\n  rnge: 25 uS", "chip.yaml:2: device.rnge is 25 uS, expected a key of the parameter set; near: range"],
    [
      "device:\n  readNoise:\n    reference: programed",
      "chip.yaml:3: device.readNoise.reference is programed, expected target or programmed",
    ],
    [
      "device:\n  programmingNoise: [1 uS, 2 uS]",
      "chip.yaml:2: device.programmingNoise is [1 uS, 2 uS], expected 3 numbers in S",
    ],
    ["device: {model: [1]}", "chip.yaml:1: device.model is [1], expected a name"],
    ["device: {parameters: 3}", "chip.yaml:1: device.parameters is 3, expected a name"],
    ["costs: {table: {other: 3}}", "costs.table is a group of keys (other), expected a name"],
    ["device: null", "chip.yaml:1: device is nothing, expected the keys of device"],
    ["__proto__: {x: 3}", 'chip.yaml:1: no key "__proto__"'],
    ["costs: none", 'chip.yaml:1: no cost table "none", expected hermes-14nm, phase-change-32nm'],
    ["costs:\n  static:\n    tile: -1 mW", "chip.yaml:3: costs.static.tile is -1 mW, expected a power"],
    ["read: {voltage: 1 V}", "chip.yaml: costs.supplyVoltage is 0.9 V with a read voltage of 1 V"],
    ["tile: {rows: 1, rows: 2}", "chip.yaml:1: Map keys must be unique"],
  ])("is refused where it says %j", (text, message) => {
    expect(() => fromText(text)).toThrow(InputError);
    expect(() => fromText(text)).toThrow(message);
  });

  it("is looked for after presets and models; no such thing is refused with the near names", () => {
    expect(() => chipOf("pmc")).toThrow(
      `chip: no preset, device model or file "pmc", expected ideal, pcm, pcm-hermes, ${models.slice(2).join(", ")} or a chip file; near: pcm`,
    );
    expect(chipOf("pcm", [], { pcm: "tile: {rows: 1}" }).tile.rows.value).toBe(512);
  });
});

describe("a parameter set of the user's", () => {
  const set =
    "model: pcm\ncovers: {timeTo: 1 d}\nvalues:\n  range: {value: 20, unit: uS, howKnown: measured, source: null}\n";

  it("stands over the model's first set", () => {
    const chip = chipOf("pcm", [], { "my.yaml": set }, "my.yaml");
    expect(chip.device.parameters.value).toBe("my.yaml");
    expect(leafAt(chip.device.values, "range")).toEqual({
      value: 20e-6,
      unit: "S",
      howKnown: "measured",
      source: null,
    });
    expect(leafAt(chip.device.values, "driftOrigin")?.value).toBe(20);
    expect(leafAt(chip.device.covers, "timeTo")?.value).toBe(86_400);
  });

  it("stands over the first set that has all its keys, where laws of one model have different ones", () => {
    const bend = "model: pcm\ncovers: {timeTo: 1 d}\nvalues: {exponentMean: {from: 0.1}}\n";
    const chip = chipOf("pcm", [], { "my.yaml": bend }, "my.yaml");
    expect(leafAt(chip.device.values, "exponentMean.from")?.value).toBe(0.1);
    expect(leafAt(chip.device.values, "driftOrigin")?.value).toBe(300);
    expect(chipOf("pcm-hermes", [], { "my.yaml": bend }, "my.yaml").device.values).toEqual(chip.device.values);
  });

  it("is opened beside the chip file that names it", () => {
    const opened: (string | undefined)[][] = [];
    const open = (name: string, beside?: string) => {
      opened.push([name, beside]);
      return name === "chip.yaml" ? "device: {parameters: my.yaml}" : set;
    };
    readChip({ chip: "chip.yaml", open });
    expect(opened).toEqual([
      ["chip.yaml", undefined],
      ["my.yaml", "chip.yaml"],
    ]);
  });

  it.each([
    ["model: ideal\nvalues: {range: 1 uS}", "my.yaml:1: model is ideal, expected pcm"],
    ["values: {range: 1 uS}", "my.yaml: model is nothing, expected pcm"],
    [
      "model: pcm\nvalues:\n  rnge: 1 uS",
      "my.yaml:3: values.rnge is 1 uS, expected a key of the parameter set; near: range",
    ],
    ["model: pcm\nvalues:\n  range: 1 V", "my.yaml:3: values.range is 1 V, expected a conductance"],
    ["model: pcm", "my.yaml: nothing, expected keys with values"],
    ["model: pcm\nvalues:\n  driftOrigin: 0 s", "my.yaml:3: device.driftOrigin is 0 s, expected a number above 0"],
  ])("is refused where it says %j", (text, message) => {
    expect(() => chipOf("pcm", [], { "my.yaml": text }, "my.yaml")).toThrow(message);
  });

  it("takes the place of the set whose values a printed chip repeats, not of values that the chip changed", () => {
    const printed = printChip(chipOf("pcm", ["driftOrigin=30 s"]));
    const chip = chipOf("chip.yaml", [], { "chip.yaml": printed, "my.yaml": set }, "my.yaml");
    expect(leafAt(chip.device.values, "range")?.value).toBe(20e-6);
    expect(leafAt(chip.device.values, "driftOrigin")?.value).toBe(30);
  });
});

describe("a device that cannot be programmed", () => {
  it("makes no chip", () => {
    expect(() => chipOf("diffusive")).toThrow(
      "chip: the device model diffusive, which cannot be programmed to a target, expected one that can",
    );
  });
});

describe("overrides", () => {
  it.each([
    ["tile.rows=256", "tile.rows", 256],
    ["rows=256", "tile.rows", 256],
    ["inputConverter.bits=Infinity", "inputConverter.bits", Infinity],
    ["read.voltage=150 mV", "read.voltage", 0.15],
    ["read.voltage=0.15", "read.voltage", 0.15],
    ["tile.scale=layer", "tile.scale", "layer"],
    ["conversionTime=2ns", "outputConverter.conversionTime", 2e-9],
    ["range=20 uS", "device.range", 20e-6],
    ["device.range=20 uS", "device.range", 20e-6],
    ["device.readNoise.reference=programmed", "device.readNoise.reference", "programmed"],
    ["reference=programmed", "device.readNoise.reference", "programmed"],
    ["exponentMean.slope=-0.02", "device.exponentMean.slope", -0.02],
    ["spread=0", "device.spread", 0],
    ["readNoise=0", "device.readNoise.scale", 0],
    ["readNoise=0.5", "device.readNoise.scale", 0.5],
    ["costs.static.tile=1mW", "costs.static.tile", 1e-3],
    ["supplyVoltage=1.1V", "costs.supplyVoltage", 1.1],
    ["buffer.read=3 pJ/byte", "costs.buffer.read", 3e-12],
    // Whole paths before ends of paths: there is a readNoise.time too.
    ["read.time=300ns", "read.time", 300e-9],
  ])("%s sets %s alone", (text, path, value) => {
    const leaves = (chip: Chip) => leavesOf(Object.fromEntries(Object.entries(chipTree(chip)).slice(2)) as KnownTree);
    const before = leaves(chipOf("pcm"));
    const after = leaves(chipOf("pcm", [text]));
    const changed = after.filter(([, leaf], i) => JSON.stringify(leaf) !== JSON.stringify(before[i]![1]));
    expect(changed).toEqual([
      [path, expect.objectContaining({ value, howKnown: "assumed", source: "set by the user" })],
    ]);
  });

  it("sets a list with one unit", () => {
    const leaf = leafAt(chipOf("pcm", ["programmingNoise=[0.3, 2, -1] uS"]).device.values, "programmingNoise");
    expect(leaf).toMatchObject({ value: [0.3e-6, 2e-6, -1e-6], unit: "S" });
  });

  it("beats the file, and the later one wins", () => {
    expect(fromText("tile: {rows: 128}", "tile.rows=64", "tile.rows=32").tile.rows.value).toBe(32);
  });

  it("may change model, set and table by name", () => {
    const chip = chipOf("pcm", ["device.model=ideal"]);
    expect(chip.device.parameters.value).toBe("exact");
    expect(leavesOf(chip.device.values).map(([path]) => path)).toEqual([
      "range",
      "firstReading",
      "operation.read.voltage",
      "operation.read.width",
    ]);
    expect(chipOf("pcm", ["parameters=joshi-2020", "costs=phase-change-32nm"]).device.parameters.value).toBe(
      "joshi-2020",
    );
    expect(() => chipOf("pcm", ["device.model=pmc"])).toThrow('--set: no model "pmc"');
    expect(() => chipOf("pcm", ["costs=none"])).toThrow('--set: no cost table "none"');
  });

  it("switches off what a device does not have without a word", () => {
    expect(chipOf("ideal", ["spread=0", "readNoise=0"])).toEqual(chipOf("ideal"));
    expect(() => chipOf("ideal", ["spread=1"])).toThrow('no key "spread"');
  });

  it.each([
    ["tile.rows=512 uS", "--set: tile.rows is 512 uS, expected a whole number from 1 to 4096"],
    ["read.time=1 uS", "--set: read.time is 1 uS, expected a time"],
    ["range=-30 uS", "--set: device.range is -30 uS, expected a conductance such as 25 uS, not negative"],
    ["range=0", "--set: device.range is 0, expected a number"],
    ["range=NaN", "--set: device.range is NaN, expected a conductance"],
    ["range=Infinity", "--set: device.range is Infinity, expected a conductance"],
    ["spread=-1", "--set: device.spread is -1, expected"],
    ["device.readNoise.reference=prog", "--set: device.readNoise.reference is prog, expected target or programmed"],
    ["tile.scale=tiles", "--set: tile.scale is tiles, expected column or tile or layer"],
    [
      "bits=3",
      '--set: "bits" fits 3 keys, expected inputConverter.bits or outputConverter.bits or costs.inputConversion.bits',
    ],
    ["tile=3", '--set: "tile" is a group of keys, expected tile.rows or tile.columns or tile.scale'],
    ["exponentMean=3", '--set: "exponentMean" is a group of keys'],
    ["tile.row=3", '--set: no key "tile.row", expected a key of the parameter set or the chip; near: tile.rows'],
    ["colums=3", "near: tile.columns"],
    ["constructor=3", '--set: no key "constructor"'],
    ["tile.constructor=3", '--set: no key "tile.constructor"'],
    ["=3", '--set: "=3", expected KEY=VALUE'],
    ["tile.rows", '--set: "tile.rows", expected KEY=VALUE'],
    ["tile.rows=", '--set: "tile.rows=", expected KEY=VALUE'],
  ])("refuses %s", (text, message) => {
    expect(() => chipOf("pcm", [text])).toThrow(InputError);
    expect(() => chipOf("pcm", [text])).toThrow(message);
  });
});

describe("a printed chip", () => {
  it.each(chipPresets())("reads back to the same chip (%s)", (name) => {
    const chip = chipOf(name);
    expect(fromText(printChip(chip))).toEqual(chip);
  });

  it("reads back to the same chip whatever values it has", () => {
    const positive = (most: number) => fc.double({ min: 1e-300, max: most, noNaN: true });
    fc.assert(
      fc.property(
        positive(1e-3),
        positive(0.9),
        positive(1),
        fc.integer({ min: 1, max: 4096 }),
        (range, voltage, time, rows) => {
          const sets = [
            `range=${range}`,
            `read.voltage=${voltage}`,
            `read.time=${time}`,
            `tile.rows=${rows}`,
            `supplyVoltage=${voltage}`,
          ];
          const chip = chipOf("pcm", sets);
          expect(leafAt(chip.device.values, "range")?.value).toBe(range);
          expect(fromText(printChip(chip))).toEqual(chip);
        },
      ),
      { seed: 3, numRuns: 50 },
    );
  });

  it("says a value in its best prefix, an infinite one in a word", () => {
    expect(printChip(chipOf("pcm"))).toContain("range: {value: 25, unit: uS, howKnown: paper, source: joshi-2020}");
    expect(printChip(chipOf("ideal"))).toContain('bits: {value: Infinity, unit: "1", howKnown: assumed, source: null}');
  });

  it("is a tree of leaves in SI for scripts", () => {
    const tree = chipTree(chipOf("pcm"));
    expect(tree).toMatchObject({
      name: "pcm",
      device: {
        model: { value: "pcm" },
        range: { value: 25e-6, unit: "S" },
        readNoise: { time: { value: 250e-9, unit: "s" } },
      },
      costs: { table: { value: "phase-change-32nm" }, static: { tile: { value: 5e-4, unit: "W" } } },
    });
  });
});
