import type { Engine } from "../kernels/index.ts";
import type { Draw } from "./draw.ts";
import { pairOfNormals, wordsOfEvent } from "./normal.ts";
import { philox4x32 } from "./philox.ts";

// The fourth counter word of samples in blocks is 0 .. 3, those of keys have the top bit set.
const cellMark = 0x40000000;

/**
 * Standard normal numbers of one event of one cell, for events that few cells have at a time: sample k is a function of the draw, the cell,
 * the event and k alone. Four come from one Philox(counter = (cell, event's low word, event's high word, mark + k / 4), key = draw.key): each
 * pair of its words gives a cosine and a sine as those of `fillNormal` are made.
 *
 * @param cell  a whole number of 0 .. 2^32 - 1
 * @param event  a whole number of 0 .. 2^53 - 1
 * @param out  receives samples 0 .. length - 1
 */
export function normalsOfCell(draw: Draw, cell: number, event: number, out: Float64Array): void {
  const [low, high] = wordsOfEvent(event);
  for (let k = 0; k < out.length; k += 4) {
    const words = philox4x32([cell, low, high, cellMark + k / 4], draw.key);
    for (let pair = 0; pair < 2; pair++) {
      const [sine, cosine] = pairOfNormals(words[2 * pair]!, words[2 * pair + 1]!);
      const at = k + 2 * pair;
      if (at < out.length) out[at] = cosine;
      if (at + 1 < out.length) out[at + 1] = sine;
    }
  }
}

/**
 * Sample 0 of one event of each of many cells, as `normalsOfCell` has it.
 *
 * @param cells  and `out`: of the engine's memory, of equal length
 */
export function fillNormalOfCells(
  engine: Engine,
  draw: Draw,
  event: number,
  cells: Uint32Array,
  out: Float32Array,
): void {
  const { kernels, memory } = engine;
  if (kernels) {
    const [low, high] = wordsOfEvent(event);
    const [from, to] = [memory.address(cells), memory.address(out)];
    kernels.normalOfCells(draw.key[0], draw.key[1], from, low, high, to, cells.length);
    return;
  }
  const one = new Float64Array(1);
  for (let k = 0; k < cells.length; k++) {
    normalsOfCell(draw, cells[k]!, event, one);
    out[k] = one[0]!;
  }
}
