import { loadFloats } from "../src/ground/kernels/lanes.as";

/** Four rows of eight sums. */
// @ts-ignore: decorator
@inline
function storeSums(
  out: usize, stride: usize, sum00: v128, sum01: v128, sum10: v128, sum11: v128, sum20: v128, sum21: v128, sum30: v128, sum31: v128,
): void {
  v128.store(out, sum00);
  v128.store(out, sum01, 16);
  out += stride;
  v128.store(out, sum10);
  v128.store(out, sum11, 16);
  out += stride;
  v128.store(out, sum20);
  v128.store(out, sum21, 16);
  out += stride;
  v128.store(out, sum30);
  v128.store(out, sum31, 16);
}

/** Four vectors by eight columns over `pairs` pairs of rows: 32 sums of 32 bits. Not unrolled: the loop's registers would spill. */
function multiplyDense(a: usize, b: usize, pairs: i32, out: usize, stride: usize): void {
  let sum00 = i32x4.splat(0);
  let sum01 = i32x4.splat(0);
  let sum10 = i32x4.splat(0);
  let sum11 = i32x4.splat(0);
  let sum20 = i32x4.splat(0);
  let sum21 = i32x4.splat(0);
  let sum30 = i32x4.splat(0);
  let sum31 = i32x4.splat(0);
  const end = a + (<usize>pairs << 4);
  while (a < end) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load_splat<u32>(a);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(x, left));
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 4);
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(x, left));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 8);
    sum20 = i32x4.add(sum20, i32x4.dot_i16x8_s(x, left));
    sum21 = i32x4.add(sum21, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 12);
    sum30 = i32x4.add(sum30, i32x4.dot_i16x8_s(x, left));
    sum31 = i32x4.add(sum31, i32x4.dot_i16x8_s(x, right));
    a += 16;
    b += 32;
  }
  storeSums(out, stride, sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31);
}

/** The same over pairs of rows whose weights are at `places` behind b. */
function multiplySparse(a: usize, places: usize, b: usize, pairs: i32, out: usize, stride: usize): void {
  let sum00 = i32x4.splat(0);
  let sum01 = i32x4.splat(0);
  let sum10 = i32x4.splat(0);
  let sum11 = i32x4.splat(0);
  let sum20 = i32x4.splat(0);
  let sum21 = i32x4.splat(0);
  let sum30 = i32x4.splat(0);
  let sum31 = i32x4.splat(0);
  const end = a + (<usize>pairs << 4);
  while (a < end) {
    const place = b + load<u32>(places);
    const left = v128.load(place);
    const right = v128.load(place, 16);
    let x = v128.load_splat<u32>(a);
    sum00 = i32x4.add(sum00, i32x4.dot_i16x8_s(x, left));
    sum01 = i32x4.add(sum01, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 4);
    sum10 = i32x4.add(sum10, i32x4.dot_i16x8_s(x, left));
    sum11 = i32x4.add(sum11, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 8);
    sum20 = i32x4.add(sum20, i32x4.dot_i16x8_s(x, left));
    sum21 = i32x4.add(sum21, i32x4.dot_i16x8_s(x, right));
    x = v128.load_splat<u32>(a, 12);
    sum30 = i32x4.add(sum30, i32x4.dot_i16x8_s(x, left));
    sum31 = i32x4.add(sum31, i32x4.dot_i16x8_s(x, right));
    a += 16;
    places += 4;
  }
  storeSums(out, stride, sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31);
}

/**
 * One vector by all panels, two at a time, over pairs of rows whose weights are at `places` behind each panel: beside
 * three empty ones a vector would cost as much as four.
 */
function multiplySingle(a: usize, places: usize, pairs: i32, b: usize, panelBytes: usize, panels: i32, out: usize): void {
  const end = a + (<usize>pairs << 4);
  for (let panel = 0; panel < panels; panel += 2) {
    // A last odd panel is its own neighbour.
    const next = panel + 1 < panels ? b + panelBytes : b;
    let sum0 = i32x4.splat(0);
    let sum1 = i32x4.splat(0);
    let sum2 = i32x4.splat(0);
    let sum3 = i32x4.splat(0);
    let place = places;
    for (let code = a; code < end; code += 16) {
      const x = v128.load_splat<u32>(code);
      const left = b + load<u32>(place);
      const right = next + load<u32>(place);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(x, v128.load(left)));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(x, v128.load(left, 16)));
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(x, v128.load(right)));
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(x, v128.load(right, 16)));
      place += 4;
    }
    v128.store(out, sum0);
    v128.store(out, sum1, 16);
    if (next != b) {
      v128.store(out, sum2, 32);
      v128.store(out, sum3, 48);
    }
    b += panelBytes << 1;
    out += 64;
  }
}

/** How many pairs of rows have a code that is not 0 in any of four vectors. */
// @ts-ignore: decorator
@inline
function countActive(a: usize, pairs: i32): i32 {
  const zero = i64x2.splat(0);
  let idle = zero;
  const end = a + (<usize>(pairs & ~1) << 4);
  for (; a < end; a += 32) {
    const first = v128.load(a);
    const second = v128.load(a, 16);
    const lower = i8x16.shuffle(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const upper = i8x16.shuffle(first, second, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    idle = i64x2.sub(idle, i64x2.eq(v128.or(lower, upper), zero));
  }
  const found = <i32>(i64x2.extract_lane(idle, 0) + i64x2.extract_lane(idle, 1));
  return pairs - found - ((pairs & 1) && !v128.any_true(v128.load(a)) ? 1 : 0);
}

/** Copies the pairs of rows in which any of four vectors is not 0, and where their weights are; returns how many. */
function gatherActive(a: usize, pairs: i32, into: usize, places: usize): i32 {
  let count: usize = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const codes = v128.load(a + (<usize>pair << 4));
    v128.store(into + (count << 4), codes);
    store<u32>(places + (count << 2), <u32>pair << 5);
    count += <usize>v128.any_true(codes);
  }
  return <i32>count;
}

/**
 * Panels of weights outside (8 KB for 512 rows, kept in the first cache), groups of vectors inside.
 *
 * @param room for each group, of codes of one block and five words a pair, and one: its active pairs, their places, their count
 */
export function multiplyCodes(
  codes: usize, weights: usize, vectors: i32, rows: i32, paddedColumns: i32, rowsPerBlock: i32, products: usize, room: usize,
): void {
  const pairs = (rows + 1) >> 1;
  const pairsPerBlock = min(rowsPerBlock >> 1, pairs);
  const groups = (vectors + 3) >> 2;
  // A last group of one vector goes its own way.
  const many = (vectors & 3) == 1 ? groups - 1 : groups;
  const stride = <usize>paddedColumns << 2;
  const groupBytes = <usize>pairs << 4;
  const activeBytes = <usize>pairsPerBlock << 4;
  const placesBytes = <usize>pairsPerBlock << 2;
  const allPlaces = room + <usize>groups * activeBytes;
  const counts = allPlaces + <usize>groups * placesBytes;
  for (let first = 0; first < pairs; first += pairsPerBlock) {
    const some = min(pairsPerBlock, pairs - first);
    for (let group = 0; group < groups; group++) {
      const a = codes + <usize>group * groupBytes + (<usize>first << 4);
      // Following places costs as much as a sixteenth of the pairs.
      const sparse = group == many || countActive(a, some) << 4 < some * 15;
      let count = -1;
      if (sparse) {
        count = gatherActive(a, some, room + <usize>group * activeBytes, allPlaces + <usize>group * placesBytes);
      }
      store<i32>(counts + (<usize>group << 2), count);
      if (group == many) {
        const b = weights + (<usize>first << 5);
        const out = products + <usize>group * (stride << 2);
        const active = room + <usize>group * activeBytes;
        const places = allPlaces + <usize>group * placesBytes;
        multiplySingle(active, places, count, b, <usize>pairs << 5, paddedColumns >> 3, out);
      }
    }
    for (let panel = 0; panel < paddedColumns >> 3; panel++) {
      const b = weights + ((<usize>panel * pairs + first) << 5);
      let a = codes + (<usize>first << 4);
      let active = room;
      let places = allPlaces;
      let out = products + (<usize>panel << 5);
      for (let group = 0; group < many; group++) {
        const count = load<i32>(counts + (<usize>group << 2));
        if (count < 0) multiplyDense(a, b, some, out, stride);
        else multiplySparse(active, places, b, count, out, stride);
        a += groupBytes;
        active += activeBytes;
        places += placesBytes;
        out += stride << 2;
      }
    }
    products += (<usize>groups * stride) << 2;
  }
}

/** Sums may pass 2^31: they are unsigned. */
export function multiplySquares(
  codes: usize, weights: usize, vectors: i32, rows: i32, paddedColumns: i32, rowsPerBlock: i32, products: usize,
  room: usize, squares: usize,
): void {
  const bytes = <usize>((vectors + 3) >> 2) * ((rows + 1) >> 1) << 4;
  for (let i: usize = 0; i < bytes; i += 16) {
    const code = v128.load(codes + i);
    v128.store(squares + i, i16x8.mul(code, code));
  }
  multiplyCodes(squares, weights, vectors, rows, paddedColumns, rowsPerBlock, products, room);
}

/** Four vectors by eight columns in float; both products and sums are rounded. */
function multiplyFloatPanel(x0: usize, x1: usize, x2: usize, x3: usize, b: usize, rows: i32, out: usize, stride: usize): void {
  let sum00 = f32x4.splat(0);
  let sum01 = f32x4.splat(0);
  let sum10 = f32x4.splat(0);
  let sum11 = f32x4.splat(0);
  let sum20 = f32x4.splat(0);
  let sum21 = f32x4.splat(0);
  let sum30 = f32x4.splat(0);
  let sum31 = f32x4.splat(0);
  const end = b + (<usize>rows << 5);
  while (b < end) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load_splat<f32>(x0);
    sum00 = f32x4.add(sum00, f32x4.mul(x, left));
    sum01 = f32x4.add(sum01, f32x4.mul(x, right));
    x = v128.load_splat<f32>(x1);
    sum10 = f32x4.add(sum10, f32x4.mul(x, left));
    sum11 = f32x4.add(sum11, f32x4.mul(x, right));
    x = v128.load_splat<f32>(x2);
    sum20 = f32x4.add(sum20, f32x4.mul(x, left));
    sum21 = f32x4.add(sum21, f32x4.mul(x, right));
    x = v128.load_splat<f32>(x3);
    sum30 = f32x4.add(sum30, f32x4.mul(x, left));
    sum31 = f32x4.add(sum31, f32x4.mul(x, right));
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    b += 32;
  }
  storeSums(out, stride, sum00, sum01, sum10, sum11, sum20, sum21, sum30, sum31);
}

/** @param panel room for eight columns of weights */
export function multiplyFloats(
  x: usize, weights: usize, vectors: i32, rows: i32, columns: i32, out: usize, panel: usize,
): void {
  const stride = <usize>((columns + 7) >> 3) << 5;
  const row = <usize>rows << 2;
  for (let column = 0; column < columns; column += 8) {
    for (let i = 0; i < rows; i++) {
      const source = weights + ((<usize>i * columns + column) << 2);
      v128.store(panel + (<usize>i << 5), loadFloats(source, columns - column));
      const more = columns - column > 4 ? loadFloats(source + 16, columns - column - 4) : f32x4.splat(0);
      v128.store(panel + (<usize>i << 5), more, 16);
    }
    for (let vector = 0; vector < vectors; vector += 4) {
      // Where fewer than four vectors remain, the last one fills the group.
      const x0 = x + row * vector;
      const x1 = x + row * min(vector + 1, vectors - 1);
      const x2 = x + row * min(vector + 2, vectors - 1);
      const x3 = x + row * min(vector + 3, vectors - 1);
      multiplyFloatPanel(x0, x1, x2, x3, panel, rows, out + stride * vector + (<usize>column << 2), stride);
    }
  }
}
