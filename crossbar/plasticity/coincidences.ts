import type { Engine } from "../../src/ground/kernels/index.ts";

/**
 * How often trains of pulses of word lines and bit lines meet, in every cell: count = sign_i sign_j popcount(x_i AND d_j), a train being one
 * word whose bit k is the pulse in slot k. Trains of more than 32 slots are several words a line and as many calls, all but the first of
 * which add.
 *
 * @param wordLines  trains, [rows]
 * @param wordLineSigns  1 or -1, [rows]
 * @param bitLines  trains, [columns]
 * @param bitLineSigns  1 or -1, [columns]
 * @param counts  receives signed pulses, row-major [rows][columns]; fastest in the engine's memory
 * @param add  whether they are added to what is there
 */
export function coincidences(
  engine: Engine,
  wordLines: Uint32Array,
  wordLineSigns: Int8Array,
  bitLines: Uint32Array,
  bitLineSigns: Int8Array,
  counts: Int16Array,
  add = false,
): void {
  const { kernels, memory } = engine;
  const [rows, columns] = [wordLines.length, bitLines.length];
  if (counts.length !== rows * columns) throw new Error(`${counts.length} counts for ${rows} x ${columns} cells`);
  if (!kernels) {
    coincidencesPlain(wordLines, wordLineSigns, bitLines, bitLineSigns, counts, add);
    return;
  }
  const mark = memory.mark();
  const [trains, signs, lines] = [memory.int32(rows), memory.uint8(rows), memory.int32(columns)];
  trains.set(wordLines);
  signs.set(wordLineSigns);
  lines.set(bitLines);
  const masks = memory.int16(columns);
  for (let j = 0; j < columns; j++) masks[j] = bitLineSigns[j]! < 0 ? -1 : 0;
  const inside = counts.buffer === memory.buffer;
  const out = inside ? counts : memory.int16(counts.length);
  if (!inside && add) out.set(counts);
  kernels.coincidences(
    memory.address(trains),
    memory.address(signs),
    memory.address(lines),
    memory.address(masks),
    rows,
    columns,
    memory.address(out),
    add ? 1 : 0,
  );
  if (!inside) counts.set(out);
  memory.release(mark);
}

/** Twin of the kernel: the same counts. */
export function coincidencesPlain(
  wordLines: Uint32Array,
  wordLineSigns: Int8Array,
  bitLines: Uint32Array,
  bitLineSigns: Int8Array,
  counts: Int16Array,
  add: boolean,
): void {
  const columns = bitLines.length;
  for (let i = 0; i < wordLines.length; i++) {
    const row = counts.subarray(i * columns, (i + 1) * columns);
    if (!add) row.fill(0);
    const train = wordLines[i]!;
    if (train === 0) continue;
    for (let j = 0; j < columns; j++) {
      const met = ones(train & bitLines[j]!);
      row[j]! += wordLineSigns[i]! < 0 !== bitLineSigns[j]! < 0 ? -met : met;
    }
  }
}

/** Bits of a word that are set. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
