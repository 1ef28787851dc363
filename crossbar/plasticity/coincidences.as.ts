/** How many bits eight pairs of words share: 16-bit lanes. */
// @ts-ignore: decorator
@inline
function counted(words: v128, lines: usize): v128 {
  const low = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(v128.and(words, v128.load(lines))));
  const high = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(v128.and(words, v128.load(lines, 16))));
  return i16x8.narrow_i32x4_s(i32x4.extadd_pairwise_i16x8_u(low), i32x4.extadd_pairwise_i16x8_u(high));
}

/** Signed counts: a mask of ones turns its lane's sign. */
// @ts-ignore: decorator
@inline
function signed(counts: v128, mask: v128): v128 {
  return i16x8.sub(v128.xor(counts, mask), mask);
}

export function coincidences(
  wordLines: usize, wordLineSigns: usize, bitLines: usize, bitLineMasks: usize, rows: i32, columns: i32, counts: usize,
  add: i32,
): void {
  const whole = columns & ~7;
  for (let i = 0; i < rows; i++) {
    const train = load<u32>(wordLines + (<usize>i << 2));
    const row = counts + (<usize>i * <usize>columns << 1);
    if (train == 0) {
      if (!add) memory.fill(row, 0, <usize>columns << 1);
      continue;
    }
    const words = i32x4.splat(train);
    const turned = i16x8.splat(load<i8>(wordLineSigns + i) < 0 ? -1 : 0);
    let out = row;
    let lines = bitLines;
    let masks = bitLineMasks;
    for (let j = 0; j < whole; j += 8) {
      const met = signed(counted(words, lines), v128.xor(turned, v128.load(masks)));
      v128.store(out, add ? i16x8.add(met, v128.load(out)) : met);
      out += 16;
      lines += 32;
      masks += 16;
    }
    for (let j = whole; j < columns; j++) {
      const met = popcnt(train & load<u32>(lines));
      const mask = i16x8.extract_lane_s(turned, 0) ^ load<i16>(masks);
      const count = (met ^ mask) - mask;
      store<i16>(out, <i16>(add ? count + load<i16>(out) : count));
      out += 2;
      lines += 4;
      masks += 2;
    }
  }
}
