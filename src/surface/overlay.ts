import { deedsOf, type Protocol } from "../../experiments/characterisation/index.ts";
import { inputError } from "../ground/errors.ts";
import { readCsvTable } from "../ground/formats/csv-table.ts";
import { expectation, parseUnit, toSI } from "../ground/quantities/index.ts";
import { textPieces } from "./files.ts";

/** Measured points that are laid over a figure, SI. */
export interface Overlay {
  readonly file: string;
  readonly figure: "loop" | "decay" | "staircase";
  /** V, s since the wait or bias began, or the pulse's number. */
  readonly x: readonly number[];
  /** A or S. */
  readonly y: readonly number[];
}

const units = { voltage: "V", current: "A", time: "s", conductance: "S", pulse: "1" } as const;
type Quantity = keyof typeof units;

/** Names that a column may go by. */
const names: Readonly<Record<Quantity, readonly string[]>> = {
  voltage: ["voltage", "v"],
  current: ["current", "i"],
  time: ["time", "t"],
  conductance: ["conductance", "g"],
  pulse: ["pulse", "pulses", "pulse number"],
};

/** What two columns make a figure, and which steps draw it. */
const figures = [
  { figure: "loop", x: "voltage", y: "current", steps: ["sweep"] },
  { figure: "staircase", x: "pulse", y: "conductance", steps: ["pulse"] },
  { figure: "decay", x: "time", y: "conductance", steps: ["wait", "bias"] },
] as const;

/** Reads measured points from a CSV whose header names its columns, with units: "current (uA)". */
export function readOverlay(file: string, protocol: Protocol): Overlay {
  const table = readCsvTable(textPieces(file), file);
  const pairs = figures.map(({ x, y }) => `${x} and ${y}`).join(", ");
  if (!table.names) throw inputError({ file, found: "no header", expected: `columns named ${pairs}` });
  const columns = new Map(table.names.flatMap((name, index) => (quantityOf(name) ? [[quantityOf(name)!, index]] : [])));
  const kinds = new Set<string>(deedsOf(protocol.steps).map(({ kind }) => kind));
  const there = figures.filter(({ x, y }) => columns.has(x) && columns.has(y));
  if (there.length === 0) {
    throw inputError({ file, place: 1, found: `the columns ${table.names.join(", ")}`, expected: pairs });
  }
  const drawn = there.find(({ steps }) => steps.some((step) => kinds.has(step)));
  if (!drawn) {
    const { x, y, steps } = there[0]!;
    throw inputError({ file, found: `${x} and ${y}`, expected: `a protocol with a ${steps.join(" or a ")}` });
  }
  const column = (quantity: Quantity): number[] => {
    const index = columns.get(quantity)!;
    const size = sizeOf(table.names![index]!, quantity, file);
    return Array.from({ length: table.rows }, (_, row) => table.values[row * table.columns + index]! * size);
  };
  return { file, figure: drawn.figure, x: column(drawn.x), y: column(drawn.y) };
}

/** "current (uA)", "I [uA]" and "current" are currents. */
function quantityOf(header: string): Quantity | undefined {
  const name = header
    .replace(/[([].*$/, "")
    .trim()
    .toLowerCase();
  return (Object.keys(names) as Quantity[]).find((quantity) => names[quantity].includes(name));
}

function sizeOf(header: string, quantity: Quantity, file: string): number {
  const unit = /[([]\s*(.*?)\s*[)\]]/.exec(header)?.[1];
  if (unit === undefined || unit === "") return 1;
  if (parseUnit(unit)?.dimension === parseUnit(units[quantity])!.dimension) return toSI(1, unit)!.value;
  const found = `column "${header}" has the unit ${unit}`;
  throw inputError({ file, place: 1, found, expected: expectation(units[quantity]) });
}
