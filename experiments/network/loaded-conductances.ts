import { type LayerConductances, type TileLayer, targetsOf } from "../../circuits/index.ts";
import { inputError, namesNear } from "../../src/ground/errors.ts";
import { type StoredArray, sizeOf } from "../../src/ground/formats/array.ts";
import type { NpzArchive } from "../../src/ground/formats/npz.ts";
import { formatDuration, formatQuantity } from "../../src/ground/quantities/index.ts";
import { entryName, polarities } from "./conductance-names.ts";
import type { Network } from "./partition.ts";
import { sharedFloats } from "./shared-floats.ts";

/** Conductances of every layer from a file, as plain data that workers are sent. */
export interface LoadedConductances {
  /** "programmed": drift from there; "at": those of each time, used as they are. */
  readonly kind: "programmed" | "at";
  /** Numbers of the chips, which address their draws. */
  readonly chips: readonly number[];
  /** s since the first reading, ascending, of `at`: the file's first time and those that are evaluated; else 0 alone. */
  readonly times: readonly number[];
  /** S, [chip][time][group][row][column]. */
  readonly layers: readonly LayerConductances[];
}

/** A file of conductances, and what the user asks of it. */
export interface ConductanceFile {
  readonly file: string;
  readonly archive: NpzArchive;
  /** s since the first reading; null: the file's, where its arrays have times of their own. */
  readonly times: readonly number[] | null;
  /** The first so many; null: all. */
  readonly chips: number | null;
}

/** S; above it a number is taken for one of another unit. */
const largest = 1;
/** Halves step by 0.06 uS below 60 uS, and whole numbers are no conductances. */
const floats = ["f4", "f8"] as const;
/** Share of the target range by which a file's targets may differ from this run's. */
const targetTolerance = 1e-3;

/**
 * Reads a file's conductances and checks them against the network: its checksum where the file has one, names, shapes, values,
 * and targets where there are any.
 *
 * @param layers  of the same network, for their targets
 * @returns the conductances, the times to be evaluated (null: whatever the user asks), warnings
 * @throws InputError in one line with file and entry
 */
export function readConductances(
  source: ConductanceFile,
  network: Network,
  layers: readonly TileLayer[],
): { loaded: LoadedConductances; times: readonly number[] | null; warnings: string[] } {
  const { file, archive } = source;
  const names = new Set(archive.names);
  checkNetwork(source, names, network);
  for (const layer of layers) checkTargets(source, names, layer);
  const kind = kindOf(source, names, layers);
  const first = entryName(layers[0]!.name, kind, "positive");
  const counts = countsOf(source, kind, layers[0]!, first, archive.read(first, floats));
  const chips = chipsOf(source, names, counts.chips);
  const axis = kind === "at" ? timesOf(source, names, counts.times) : { places: [0], times: [0], asked: null };
  const conductances = layers.map((layer): LayerConductances => {
    const [positive, negative] = polarities.map((polarity) => {
      const name = entryName(layer.name, kind, polarity);
      const array = archive.read(name, floats);
      const own = countsOf(source, kind, layer, name, array);
      if (own.chips !== counts.chips || own.times !== counts.times) {
        const of = ({ chips, times }: typeof own) =>
          `${counted(chips, "chip")}${kind === "at" ? `, ${counted(times, "time")}` : ""}`;
        throw inputError({ file, place: name, found: of(own), expected: `${of(counts)} as in ${first}` });
      }
      checkValues(file, name, array);
      return picked(array, sizeOf(cellsOf(layer)), chips.places, counts.times, axis.places);
    });
    return { positive: positive!, negative: negative! };
  });
  const loaded = { kind, chips: chips.numbers, times: axis.times, layers: conductances };
  return { loaded, times: axis.asked, warnings: warningsOf(file, loaded, layers) };
}

/** Axes of one chip's cells: groups only where there are several. */
export function cellsOf({ groups, rows, columns }: TileLayer): number[] {
  return groups > 1 ? [groups, rows, columns] : [rows, columns];
}

function checkNetwork({ file, archive }: ConductanceFile, names: ReadonlySet<string>, network: Network): void {
  if (!names.has("network")) return;
  const written = String.fromCharCode(...archive.read("network").values);
  if (written === network.checksum) return;
  const found = /^[0-9a-f]{64}$/.test(written) ? `conductances of the network ${written}` : "no checksum of a network";
  throw inputError({ file, place: "network", found, expected: `those of ${network.file}, ${network.checksum}` });
}

/** Targets of another mapping would be read as other weights. */
function checkTargets({ file, archive }: ConductanceFile, names: ReadonlySet<string>, layer: TileLayer): void {
  const cells = cellsOf(layer);
  const targets = targetsOf(layer);
  for (const polarity of polarities) {
    const name = entryName(layer.name, "target", polarity);
    if (!names.has(name)) continue;
    const { shape, values } = archive.read(name);
    if (shape.join() !== cells.join()) throw shapeRefusal(file, name, shape, cells.join(" x "));
    const tolerance = targetTolerance * layer.options.device.targetRange;
    const wanted = targets[polarity];
    const other = wanted.findIndex((target, i) => !(Math.abs(values[i]! - target) <= tolerance));
    if (other < 0) continue;
    const found = `the target ${quantity(values[other]!)} at ${place(shape, other)}`;
    const expected = `${quantity(wanted[other]!)} as this network, chip and --scale ask for`;
    throw inputError({ file, place: name, found, expected });
  }
}

/** Programmed conductances come first; the others are read where no layer has any. */
function kindOf(
  { file }: ConductanceFile,
  names: ReadonlySet<string>,
  layers: readonly TileLayer[],
): LoadedConductances["kind"] {
  const entries = (kind: LoadedConductances["kind"]) =>
    layers.flatMap(({ name }) => polarities.map((polarity) => entryName(name, kind, polarity)));
  const some = (kind: LoadedConductances["kind"]) => entries(kind).some((name) => names.has(name));
  const wanted = some("at") && !some("programmed") ? "at" : "programmed";
  const missing = entries(wanted).find((name) => !names.has(name));
  if (missing === undefined) return wanted;
  const near = namesNear(missing, [...names]);
  throw inputError({ file, found: `no entry "${missing}"`, expected: "one of every layer and polarity", near });
}

/** Chips and times of an array, by its leading axes. */
function countsOf(
  { file }: ConductanceFile,
  kind: LoadedConductances["kind"],
  layer: TileLayer,
  name: string,
  { shape }: StoredArray,
): { chips: number; times: number } {
  const cells = cellsOf(layer);
  const axes = kind === "at" ? ["chips", "times"] : ["chips"];
  const leading = shape.slice(0, Math.max(0, shape.length - cells.length));
  const fits = shape.slice(leading.length).join() === cells.join() && leading.every((length) => length > 0);
  if (fits && leading.length === 0) return { chips: 1, times: 1 };
  if (fits && leading.length === axes.length) return { chips: leading[0]!, times: leading[1] ?? 1 };
  const whole = cells.join(" x ");
  throw shapeRefusal(file, name, shape, `${axes.join(" x ")} x ${whole}, or ${whole} for one chip`);
}

function chipsOf(
  { file, archive, chips: asked }: ConductanceFile,
  names: ReadonlySet<string>,
  count: number,
): { places: number[]; numbers: number[] } {
  const numbers = names.has("chips") ? [...archive.read("chips").values] : Array.from({ length: count }, (_, i) => i);
  const whole = numbers.every((number) => Number.isSafeInteger(number) && number >= 0);
  if (numbers.length !== count || !whole || new Set(numbers).size !== count) {
    const found = `${numbers.slice(0, 8).join(", ") || "nothing"}${numbers.length > 8 ? ", .." : ""}`;
    throw inputError({ file, place: "chips", found, expected: `${count} different whole numbers, one a chip` });
  }
  if (asked !== null && asked > count) {
    throw inputError({ file: "--chips", found: `${asked}`, expected: `at most the ${count} of ${file}` });
  }
  const places = Array.from({ length: asked ?? count }, (_, i) => i);
  return { places, numbers: places.map((at) => numbers[at]!) };
}

/** Which of the file's times are read: those asked for, and the first, from which compensation starts. */
function timesOf(
  { file, archive, times: asked }: ConductanceFile,
  names: ReadonlySet<string>,
  count: number,
): { places: number[]; times: number[]; asked: readonly number[] } {
  const refuse = (found: string, expected: string) => inputError({ file, place: "times", found, expected });
  const ascending = asked && [...new Set(asked)].sort((a, b) => a - b);
  const given = names.has("times") ? [...archive.read("times").values] : (ascending ?? (count === 1 ? [0] : null));
  if (given === null) throw refuse("no entry of that name", `${counted(count, "time")} in s, or --times with as many`);
  if (given.length !== count) {
    throw refuse(
      `${counted(given.length, "time")}${names.has("times") ? "" : " in --times"}`,
      `${count} as the arrays have`,
    );
  }
  const wrong = given.find((time) => !(time >= 0 && time < Infinity));
  if (wrong !== undefined) throw refuse(`${wrong} s`, "times from 0");
  if (new Set(given).size !== count) throw refuse("the same time twice", "each time once");
  const order = given.map((time, at) => ({ time, at })).sort((a, b) => a.time - b.time);
  const chosen = (ascending ?? order.map(({ time }) => time)).map((time) => {
    const found = order.find((entry) => Math.abs(entry.time - time) <= 1e-6 * time);
    if (found) return found;
    const there = order.map((entry) => formatDuration(entry.time)).join(", ");
    throw inputError({ file: "--times", found: formatDuration(time), expected: `times of ${file}: ${there}` });
  });
  const read = order.filter((entry, index) => index === 0 || chosen.includes(entry));
  return {
    places: read.map(({ at }) => at),
    times: read.map(({ time }) => time),
    asked: chosen.map(({ time }) => time),
  };
}

function checkValues(file: string, name: string, { shape, values }: StoredArray): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= 0 && value <= largest) continue;
    const found = `${Number.isNaN(value) ? "NaN" : `${value} S`} at ${place(shape, i)}`;
    throw inputError({ file, place: name, found, expected: `a conductance in S, from 0 to ${largest}` });
  }
}

/** The chosen chips and times of an array, [chip][time][cell]. */
function picked(
  { values }: StoredArray,
  cells: number,
  chips: readonly number[],
  times: number,
  places: readonly number[],
): Float32Array {
  const out = sharedFloats(chips.length * places.length * cells);
  let to = 0;
  for (const chip of chips) {
    for (const time of places) {
      const from = (chip * times + time) * cells;
      out.set(values.subarray(from, from + cells), to);
      to += cells;
    }
  }
  return out;
}

function warningsOf(
  file: string,
  { kind, times, layers: loaded }: LoadedConductances,
  layers: readonly TileLayer[],
): string[] {
  const warnings: string[] = [];
  if (kind === "at" && times[0]! > 0) {
    warnings.push(
      `${file} has no conductances of time 0: compensation starts from its first time, ${formatDuration(times[0]!)}`,
    );
  }
  const most = loaded.reduce((all, { positive, negative }) => Math.max(all, maximum(positive), maximum(negative)), 0);
  const range = layers[0]!.options.device.targetRange;
  if (most > 10 * range) {
    warnings.push(`${file} has conductances up to ${quantity(most)}; the chip's target range is ${quantity(range)}`);
  }
  return warnings;
}

function maximum(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function quantity(siemens: number): string {
  return formatQuantity(siemens, "S");
}

function shapeRefusal(file: string, name: string, shape: readonly number[], expected: string): Error {
  const found = shape.length === 0 ? "a single number" : `an array of ${shape.join(" x ")}`;
  return inputError({ file, place: name, found, expected });
}

/** Indices of the i-th number of an array, as NumPy writes them. */
function place(shape: readonly number[], i: number): string {
  let rest = i;
  const indices = shape.toReversed().map((length) => {
    const index = rest % length;
    rest = Math.floor(rest / length);
    return index;
  });
  return `[${indices.toReversed().join(", ")}]`;
}
