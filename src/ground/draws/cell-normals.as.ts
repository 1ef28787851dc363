import { cosineOfHalfTurns, normalAngle, normalRadius, sineOfHalfTurns, withSigns } from "../kernels/mathematics.as";
import { philoxLane } from "./philox.as";

// The fourth counter word of what is a cell's own.
// @ts-ignore: decorator
@inline
const cellMark: u32 = 0x40000000;

const words = memory.data(64, 16);
/** Of four cells. */
const normals = memory.data(16, 16);

/** Sample 0 of four pairs of words. */
// @ts-ignore: decorator
@inline
function cosines(): v128 {
  const b = v128.load(words, 16);
  const y = normalAngle(b);
  return withSigns(f32x4.mul(normalRadius(v128.load(words)), cosineOfHalfTurns(f32x4.mul(y, y))), b);
}

/** Samples 4 `quarter` to 4 `quarter` + 3 of one cell's event. */
export function fourNormalsOfCell(cell: u32, low: u32, high: u32, quarter: u32, key0: u32, key1: u32): v128 {
  philoxLane(words, cell, low, high, cellMark + quarter, key0, key1);
  // Words 0 and 2 are for radii, 1 and 3 for angles; both samples of a pair side by side.
  const a = i32x4.replace_lane(v128.load32_splat(words), 2, load<i32>(words, 32));
  const b = i32x4.replace_lane(v128.load32_splat(words, 16), 2, load<i32>(words, 48));
  const radius = normalRadius(a);
  const y = normalAngle(b);
  const square = f32x4.mul(y, y);
  const cosine = withSigns(f32x4.mul(radius, cosineOfHalfTurns(square)), b);
  const sine = f32x4.mul(radius, sineOfHalfTurns(y, square));
  return i8x16.shuffle(cosine, sine, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
}

/** Sample 0 of the same event of many cells. */
export function normalOfCells(key0: u32, key1: u32, cells: usize, low: u32, high: u32, out: usize, count: i32): void {
  let k = 0;
  for (; k < (count & ~3); k += 4) {
    for (let lane: usize = 0; lane < 16; lane += 4) {
      philoxLane(words + lane, load<u32>(cells + lane), low, high, cellMark, key0, key1);
    }
    v128.store(out, cosines());
    cells += 16;
    out += 16;
  }
  if (k == count) return;
  for (let lane: usize = 0; lane < <usize>(count - k) << 2; lane += 4) {
    philoxLane(words + lane, load<u32>(cells + lane), low, high, cellMark, key0, key1);
  }
  v128.store(normals, cosines());
  memory.copy(out, normals, <usize>(count - k) << 2);
}
