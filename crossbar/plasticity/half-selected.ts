import type { LineActivity, LinePulses } from "./line-activity.ts";

/**
 * How cells are kept from being written whose lines are not both meant:
 *
 *   half        a pulse is half its voltage from either line: a cell of which one line pulses sees V/2, the others 0
 *   third       lines that do not pulse are held at V/3 and 2V/3: every cell that is not meant sees V/3, those of which no line pulses reversed
 *   transistor  a transistor at every cell: no other cell sees anything
 */
export const selections = ["half", "third", "transistor"] as const;
export type Selection = (typeof selections)[number];

/** Part of a pulse's voltage that a cell sees which is not meant. */
export const disturbedShare: Readonly<Record<Selection, number>> = { half: 1 / 2, third: 1 / 3, transistor: 0 };

/** How often cells of one set of devices saw a part of a pulse's voltage, [rows][columns]. */
export interface Disturbances {
  /** In the polarity of the pulse that was meant for others. */
  readonly along: Uint32Array;
  /** Reversed; null where none is. */
  readonly against: Uint32Array | null;
}

/**
 * Exactly how often every cell saw a part of the voltage of one half of an update. A single set and the positive set of a pair pulsed
 * oppositely see both halves, that of `growing` with potentiating pulses; the negative set sees both with the other's. Of pairs that are only
 * potentiated the positive set sees `growing` and the negative one `falling`.
 *
 * @param counts  pulses of cells, row-major, above 0 in `growing`, below 0 in `falling`
 * @returns null where none sees anything
 */
export function halfSelected(
  counts: Int16Array,
  activity: LineActivity,
  half: "growing" | "falling",
  selection: Selection,
): Disturbances | null {
  if (selection === "transistor") return null;
  const { wordLines, bitLines, slots }: LinePulses = activity[half];
  const sign = half === "growing" ? 1 : -1;
  const along = new Uint32Array(counts.length);
  const against = selection === "third" ? new Uint32Array(counts.length) : null;
  for (let r = 0, i = 0; r < wordLines.length; r++) {
    for (let c = 0; c < bitLines.length; c++, i++) {
      const meant = Math.max(0, sign * counts[i]!);
      const lines = wordLines[r]! + bitLines[c]!;
      along[i] = lines - 2 * meant;
      if (against) against[i] = slots - lines + meant;
    }
  }
  return { along, against };
}

/** S of the cells of a set, with their sums along every word line and every bit line. */
export interface LineConductances {
  /** [rows][columns]. */
  readonly cells: Float32Array;
  readonly wordLines: Float64Array;
  readonly bitLines: Float64Array;
}

/** @param cells  S, [rows][columns] */
export function lineConductances(cells: Float32Array, rows: number, columns: number): LineConductances {
  const [wordLines, bitLines] = [new Float64Array(rows), new Float64Array(columns)];
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) {
      wordLines[r]! += cells[i]!;
      bitLines[c]! += cells[i]!;
    }
  }
  return { cells, wordLines, bitLines };
}

/**
 * What `halfSelected` counts, all cells together: how often one saw a part of the voltage, and the sum of their conductances, each as often as
 * it did (S; times the square of that part of the voltage and the width of a pulse it is their work).
 */
export function halfSelectedSum(
  counts: Int16Array,
  activity: LineActivity,
  half: "growing" | "falling",
  selection: Selection,
  { cells, wordLines: rows, bitLines: columns }: LineConductances,
): { readonly pulses: number; readonly siemens: number } {
  if (selection === "transistor") return { pulses: 0, siemens: 0 };
  const { wordLines, bitLines, slots }: LinePulses = activity[half];
  const sign = half === "growing" ? 1 : -1;
  let [meant, meantSiemens] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    const count = sign * counts[i]!;
    if (count <= 0) continue;
    meant += count;
    meantSiemens += count * cells[i]!;
  }
  let [pulses, siemens] = [0, 0];
  if (selection === "third") {
    // Whoever is not meant sees it, in every slot.
    for (const conductance of rows) siemens += slots * conductance;
    return { pulses: slots * counts.length - meant, siemens: siemens - meantSiemens };
  }
  for (let r = 0; r < rows.length; r++) {
    pulses += wordLines[r]! * columns.length;
    siemens += wordLines[r]! * rows[r]!;
  }
  for (let c = 0; c < columns.length; c++) {
    pulses += bitLines[c]! * rows.length;
    siemens += bitLines[c]! * columns[c]!;
  }
  return { pulses: pulses - 2 * meant, siemens: siemens - 2 * meantSiemens };
}
