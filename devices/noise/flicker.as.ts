import { fillBlock, fillWordBlock } from "../../src/ground/draws/normal.as";
import { loadFloats, storeFloats } from "../../src/ground/kernels/lanes.as";

/** Normals, or random words, of one band and block. */
const drawn = memory.data(2048, 16);
/** Sum over the bands of one block. */
const sums = memory.data(2048, 16);

// What becomes of a band, as in flicker.ts; from 4 on, moved by single bytes, from 8 on of words that are drawn first.
const asItIs = 0;
const fresh = 1;
const movedByNormals = 2;
const movedBySums = 3;
const newWords = 8;

/** Eight bits of every word, as odd numbers of -127 .. 127. */
// @ts-ignore: decorator
@inline
function oddBytes(words: v128, left: i32): v128 {
  return f32x4.convert_i32x4_s(v128.or(i32x4.shr_s(i32x4.shl(words, left), 24), i32x4.splat(1)));
}

/** Sums of the four bytes of every word, about 0. */
// @ts-ignore: decorator
@inline
function byteSums(words: v128): v128 {
  const sum = i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(words));
  return f32x4.add(f32x4.convert_i32x4_s(sum), f32x4.splat(2));
}

// @ts-ignore: decorator
@inline
function innovationOf(deed: i32, place: usize): v128 {
  const words = v128.load(drawn + place);
  if (deed == movedByNormals) return words;
  return deed == movedBySums ? byteSums(words) : oddBytes(words, (deed & 3) << 3);
}

// @ts-ignore: decorator
@inline
function add(place: usize, weight: v128, x: v128): void {
  v128.store(sums + place, f32x4.add(v128.load(sums + place), f32x4.mul(weight, x)));
}

/** x + (gain N - loss x): what a slow band loses is far below the last bit of x, and comes through because the innovation dithers it. */
// @ts-ignore: decorator
@inline
function next(x: v128, innovation: v128, loss: v128): v128 {
  return f32x4.add(x, f32x4.sub(innovation, f32x4.mul(loss, x)));
}

/** Moves a band's values of one block and adds them, weighted, to `sums`. */
// @ts-ignore: decorator
@inline
function moveBand(deed: i32, values: usize, loss: v128, gain: v128, weight: v128, whole: usize, left: i32): void {
  for (let i: usize = 0; i < whole; i += 16) {
    const x = next(v128.load(values + i), f32x4.mul(gain, innovationOf(deed, i)), loss);
    v128.store(values + i, x);
    add(i, weight, x);
  }
  if (left) {
    const x = next(loadFloats(values + whole, left), f32x4.mul(gain, innovationOf(deed, whole)), loss);
    storeFloats(values + whole, x, left);
    add(whole, weight, x);
  }
}

/**
 * @param plan  [bands] of {address of its values, deed, low and high word of its draw's key, event} as 32-bit words
 * @param factors  [bands] of {loss, gain, weight} as floats
 */
export function moveFlicker(plan: usize, factors: usize, bands: i32, out: usize, count: i32): void {
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    const first = <usize>start << 2;
    const whole = <usize>(some & ~3) << 2;
    const left = some & 3;
    memory.fill(sums, 0, 2048);
    for (let band = 0; band < bands; band++) {
      const line = plan + <usize>band * 20;
      const values = <usize>load<u32>(line) + first;
      const deed = load<i32>(line, 4);
      const key0 = load<u32>(line, 8);
      const key1 = load<u32>(line, 12);
      const event = load<u32>(line, 16);
      const factor = factors + <usize>band * 12;
      const loss = v128.load_splat<f32>(factor);
      const gain = v128.load_splat<f32>(factor, 4);
      const weight = v128.load_splat<f32>(factor, 8);
      const block = <u32>start >> 9;
      if (deed == fresh || deed == movedByNormals) fillBlock(key0, key1, block, event, 0, drawn, some);
      else if (deed == movedBySums || deed >= newWords) fillWordBlock(key0, key1, block, event, 0, drawn, some);
      if (deed == asItIs) {
        for (let i: usize = 0; i < whole; i += 16) add(i, weight, v128.load(values + i));
        if (left) add(whole, weight, loadFloats(values + whole, left));
      } else if (deed == fresh) {
        for (let i: usize = 0; i < <usize>some << 2; i += 16) add(i, weight, v128.load(drawn + i));
      } else if (deed == movedByNormals) {
        moveBand(movedByNormals, values, loss, gain, weight, whole, left);
      } else if (deed == movedBySums) {
        moveBand(movedBySums, values, loss, gain, weight, whole, left);
      } else {
        moveBand(deed, values, loss, gain, weight, whole, left);
      }
    }
    for (let i: usize = 0; i < whole; i += 16) {
      v128.store(out + first + i, f32x4.add(v128.load(out + first + i), v128.load(sums + i)));
    }
    if (left) {
      const last = out + first + whole;
      storeFloats(last, f32x4.add(loadFloats(last, left), v128.load(sums + whole)), left);
    }
  }
}
