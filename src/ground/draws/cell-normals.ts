import type { Draw } from "./draw.ts";
import { wordsOfEvent } from "./normal.ts";
import { philox4x32 } from "./philox.ts";

// The fourth counter word of samples in blocks is 0 .. 3, those of keys have the top bit set.
const cellMark = 0x40000000;

/**
 * Standard normal numbers of one event of one cell, for events that few cells have at a time: sample k is a function of the draw, the cell,
 * the event and k alone. Four come from one Philox(counter = (cell, event's low word, event's high word, mark + k / 4), key = draw.key) by Box
 * and Muller: words (a, b) give sqrt(-2 ln((a + 1/2) 2^-32)) times cosine and sine of 2 pi b 2^-32.
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
      const radius = Math.sqrt(-2 * Math.log((words[2 * pair]! + 0.5) * 2 ** -32));
      const angle = 2 * Math.PI * words[2 * pair + 1]! * 2 ** -32;
      const at = k + 2 * pair;
      if (at < out.length) out[at] = radius * Math.cos(angle);
      if (at + 1 < out.length) out[at + 1] = radius * Math.sin(angle);
    }
  }
}
