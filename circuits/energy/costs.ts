import { inputError } from "../../src/ground/errors.ts";
import type { HowKnown, Known, KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import { formatQuantity } from "../../src/ground/quantities/index.ts";
import type { Chip } from "../chip.ts";
import { type ConverterRegression, conversionEnergy } from "./converter.ts";
import { knownFrom, numberLeaf, wordLeaf } from "./leaves.ts";

/** What one operation costs, how that follows, and how it is known. */
export interface OperationCost {
  readonly operation: string;
  /** The group a reader sees: "output converters", ... */
  readonly component: string;
  /** J for one, beside the work an event reports itself; for "supplyHeadroom" J per J of cell reads, for "static" W. */
  readonly each: number;
  readonly formula: string;
  /** m, of the technology the figure holds for; null where it belongs to none. */
  readonly node: number | null;
  /** Of the figures it is made of; choices of the design (bits, rate, node) are not figures. */
  readonly howKnown: HowKnown;
  readonly source: string | null;
}

const bytesOfFormat: Readonly<Record<string, number>> = { fp32: 4, fp16: 2, bf16: 2, int16: 2, int8: 1 };

/** A cost table read for one chip. */
export interface Costs {
  readonly operations: Readonly<Record<string, OperationCost>>;
  /** W, drawn while an inference lasts. */
  readonly staticPower: { readonly tile: number; readonly digital: number };
  readonly programming: {
    /** J of one programming pulse, mean over a cell's iterations. */
    readonly pulse: number;
    /** J of one verify read with its conversion. */
    readonly verify: number;
    /** J of that conversion. */
    readonly conversion: number;
    readonly iterations: number;
    readonly formula: string;
    readonly howKnown: HowKnown;
  };
  /** s for one operation of the digital part, all its lanes busy: what the duration of digital events is made of. */
  readonly digitalOperationTime: number;
  /** Bytes of one element in the digital part's number format. */
  readonly digitalBytes: number;
}

/** What of a chip its costs depend on. */
export type PricedChip = Pick<Chip, "tile" | "read" | "inputConverter" | "outputConverter">;

/** Energies of every operation of a chip: the cost table's values with the chip's own bits, rates and voltages. */
export function costsOf(tree: KnownTree, chip: PricedChip): Costs {
  const number = (path: string, low?: number, high?: number): Known => numberLeaf(tree, path, low, high);
  const operations: Record<string, OperationCost> = {};
  const price: Price = (operation, component, each, formula, leaves, node) => {
    const known = knownFrom(leaves);
    operations[operation] = { operation, component, each, formula, node: node ? node.value : null, ...known };
  };

  price("cellRead", "cell reads", 0, "V^2 G t summed over the cells, reported by the array", [measuredByArray], null);

  for (const [operation, component] of [
    ["potentiation", "update pulses"],
    ["depression", "update pulses"],
  ] as const) {
    price(operation, component, 0, "V I integrated over every pulse, reported by the array", [measuredByArray], null);
  }

  const supply = number("supplyVoltage");
  if (supply.value < chip.read.voltage.value) {
    const found = `${supply.value} V with a read voltage of ${chip.read.voltage.value} V`;
    throw inputError({
      file: "cost table",
      place: "supplyVoltage",
      found,
      expected: "a supply above the read voltage",
    });
  }
  price(
    "supplyHeadroom",
    "supply headroom",
    supply.value / chip.read.voltage.value - 1,
    "cell reads x (V_supply / V_read - 1); with amplitude inputs a lower bound",
    [supply],
    null,
  );

  const input = inputOf(tree, chip);
  price("inputConversion", "input converters", input.each, input.formula, input.leaves, input.node);

  const capacitance = number("wordLineDrive.capacitancePerCell");
  const cells = number("wordLineDrive.cellsPerWeight");
  price(
    "wordLineDrive",
    "word-line drivers",
    capacitance.value * cells.value * chip.tile.columns.value * supply.value ** 2,
    "C_cell x cells on the line x V_supply^2",
    [capacitance, cells, supply],
    number("wordLineDrive.node"),
  );

  price(
    "bitLineDrive",
    "bit-line drivers",
    capacitance.value * chip.tile.rows.value * supply.value ** 2,
    "transposed reads: C_cell x cells on the line x V_supply^2",
    [capacitance, supply],
    number("wordLineDrive.node"),
  );

  const output = outputOf(tree, chip);
  price("outputConversion", "output converters", output.each, output.formula, output.leaves, output.node);
  price(
    "refreshRead",
    "refresh reads",
    output.each,
    `cell read, reported by the array, + conversion (${output.formula})`,
    output.leaves,
    output.node,
  );

  const overhead = number("digital.overhead");
  const multiply = number("digital.multiply");
  const add = number("digital.add");
  const wideAdd = number("digital.wideAdd");
  const fetched = number("digital.bytesPerMac");
  const read = number("buffer.read");
  const write = number("buffer.write");
  const format = wordLeaf(tree, "digital.format");
  const digitalNode = number("digital.node");
  const bufferNode = number("buffer.node");
  const busy = 1 + overhead.value;
  price(
    "accumulate",
    "digital accumulate",
    (multiply.value + add.value) * busy,
    `${format.value} multiply + add, x (1 + overhead)`,
    [multiply, add, overhead],
    digitalNode,
  );
  price("bufferRead", "buffers", read.value, "per byte", [read], bufferNode);
  price("bufferWrite", "buffers", write.value, "per byte", [write], bufferNode);
  price(
    "digitalOperation",
    "digital operators",
    multiply.value * busy,
    `${format.value} multiply, x (1 + overhead)`,
    [multiply, overhead],
    digitalNode,
  );
  price(
    "digitalMac",
    "digital operators",
    (multiply.value + wideAdd.value) * busy + fetched.value * read.value,
    `(${format.value} multiply + fp32 add) x (1 + overhead) + bytes per MAC x buffer read`,
    [multiply, wideAdd, overhead, fetched, read],
    digitalNode,
  );

  priceUpdates(tree, chip, price);

  const tile = number("static.tile");
  const digital = number("static.digital");
  price("static", "static", tile.value, "(tiles x P_tile + P_digital) x duration", [tile, digital], null);

  return {
    operations,
    staticPower: { tile: tile.value, digital: digital.value },
    programming: programmingOf(tree, output.each),
    digitalBytes: bytesOfFormat[format.value] ?? 4,
    digitalOperationTime: 1 / (number("digital.lanes", 1).value * number("digital.clock", Number.MIN_VALUE).value),
  };
}

type Price = (
  operation: string,
  component: string,
  each: number,
  formula: string,
  leaves: readonly Known<number | string>[],
  node: Known | null,
) => void;

/** What pulsed updates take beside the work of the pulses. */
function priceUpdates(tree: KnownTree, chip: PricedChip, price: Price): void {
  const number = (path: string): Known => numberLeaf(tree, path);
  const seen = "(V / 2 or V / 3)^2 G t of cells that are not meant, reported by the array";
  price("halfSelectedPulse", "half-selected cells", 0, seen, [measuredByArray], null);
  const capacitance = number("wordLineDrive.capacitancePerCell");
  const cells = number("wordLineDrive.cellsPerWeight");
  const supply = number("update.pulseSupplyVoltage");
  const node = number("wordLineDrive.node");
  const perCell = capacitance.value * supply.value ** 2;
  price(
    "updateWordLineDrive",
    "update line drivers",
    perCell * cells.value * chip.tile.columns.value,
    "a pulse on a word line: C_cell x cells on the line x V_supply^2 of updates",
    [capacitance, cells, supply],
    node,
  );
  price(
    "updateBitLineDrive",
    "update line drivers",
    perCell * chip.tile.rows.value,
    "a pulse on a bit line: C_cell x cells on the line x V_supply^2 of updates",
    [capacitance, supply],
    node,
  );
  const bit = number("update.randomBit");
  price("updateRandomBit", "update logic", bit.value, "per random bit of a train", [bit], number("digital.node"));
}

/** J for programming so many devices once: devices x iterations x (pulse + verify). */
export function programmingEnergy(devices: number, { programming }: Costs): number {
  return devices * programming.iterations * (programming.pulse + programming.verify);
}

const measuredByArray: Known = { value: 0, unit: "J", howKnown: "derived", source: null };

interface Conversion {
  readonly each: number;
  readonly formula: string;
  readonly leaves: readonly Known<number | string>[];
  readonly node: Known;
}

function inputOf(tree: KnownTree, chip: PricedChip): Conversion {
  const bits = chip.inputConverter.bits;
  const kind = chip.read.input.value === "amplitude" ? "amplitude" : "pulseWidth";
  const node = numberLeaf(tree, `inputConversion.${kind}Node`);
  const full = numberLeaf(tree, `inputConversion.${kind}`);
  const fullBits = numberLeaf(tree, "inputConversion.bits", 1);
  if (bits.value === Infinity) return { each: 0, formula: "no converter", leaves: [bits], node };
  const each = full.value * 2 ** (bits.value - fullBits.value);
  const what = kind === "amplitude" ? "digital to amplitude" : "digital to time";
  const formula = `${what}, ${bits.value} bits: E_${fullBits.value} x 2^(bits - ${fullBits.value})`;
  return { each, formula, leaves: [full], node };
}

function outputOf(tree: KnownTree, chip: PricedChip): Conversion {
  const { bits, conversionTime } = chip.outputConverter;
  const signed = (name: string): Known => numberLeaf(tree, `outputConversion.${name}`, -Number.MAX_VALUE);
  const node = numberLeaf(tree, "outputConversion.node", Number.MIN_VALUE);
  if (bits.value === Infinity) return { each: 0, formula: "no converter", leaves: [bits], node };
  if (leafAt(tree, "outputConversion.power")) return oscillatorOf(tree, chip, node);
  const coefficients = {
    speedBound: signed("speedBound"),
    speedSlope: signed("speedSlope"),
    resolutionBound: signed("resolutionBound"),
    resolutionSlope: signed("resolutionSlope"),
    intercept: signed("intercept"),
    nodeExponent: signed("nodeExponent"),
    bitsExponent: signed("bitsExponent"),
    percentile: signed("percentile"),
    smallestBits: numberLeaf(tree, "outputConversion.smallestBits", 1),
    smallestNode: numberLeaf(tree, "outputConversion.smallestNode"),
  };
  const regression = Object.fromEntries(
    Object.entries(coefficients).map(([name, leaf]) => [name, leaf.value]),
  ) as unknown as ConverterRegression;
  const rate = 1 / conversionTime.value;
  const each = conversionEnergy(bits.value, rate, node.value, regression);
  const formula =
    `survey of converters, 80th percentile: ${bits.value} bits at ${formatQuantity(rate, "Hz")}, ` +
    `${Math.round(node.value * 1e9)} nm`;
  const { smallestNode: _limit, ...figures } = coefficients;
  return { each, formula, leaves: Object.values(figures), node };
}

/** A converter that counts while its bit line integrates draws its power all that time, whatever it counts. */
function oscillatorOf(tree: KnownTree, { read, outputConverter }: PricedChip, node: Known): Conversion {
  const power = numberLeaf(tree, "outputConversion.power");
  const [integration, rest] = [read.time.value, outputConverter.conversionTime.value];
  const formula = `oscillator of ${formatQuantity(power.value, "W")}, on for ${formatQuantity(integration + rest, "s")}`;
  return { each: power.value * (integration + rest), formula, leaves: [power], node };
}

function programmingOf(tree: KnownTree, conversion: number): Costs["programming"] {
  const leaf = (name: string, low?: number): Known => numberLeaf(tree, `programming.${name}`, low);
  const iterations = leaf("iterations", 1);
  const reset = leaf("reset");
  const set = leaf("set");
  const cell = leaf("verifyCell");
  return {
    pulse: (reset.value + (iterations.value - 1) * set.value) / iterations.value,
    verify: cell.value + conversion,
    conversion,
    iterations: iterations.value,
    formula: "devices x iterations x (pulse + verify read); pulse = mean of one RESET and partial SETs",
    howKnown: knownFrom([iterations, reset, set, cell]).howKnown,
  };
}
