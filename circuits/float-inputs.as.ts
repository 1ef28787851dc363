import { countLanes, largestLane, loadFloats, storeFloats, sumOfLanes } from "../src/ground/kernels/lanes.as";

let clipped: i32 = 0;

/** Inputs in units of full scale; `most` 0: as they are, else whole numbers of it. */
// @ts-ignore: decorator
@inline
function driven(x: v128, scale: v128, unsigned: bool, most: f32, clips: bool, step: v128): v128 {
  let value = f32x4.mul(x, scale);
  if (unsigned) value = f32x4.pmax(f32x4.splat(0), value);
  if (most == 0) return value;
  value = f32x4.nearest(value);
  if (clips) {
    const limit = f32x4.splat(most);
    const beyond = f32x4.gt(f32x4.abs(value), limit);
    if (v128.any_true(beyond)) {
      clipped += countLanes(beyond);
      value = f32x4.pmax(f32x4.neg(limit), f32x4.pmin(limit, value));
    }
  }
  return f32x4.mul(value, step);
}

/** Adds |value| and its square to float64 sums of two rows. */
// @ts-ignore: decorator
@inline
function addActivity(absolute: usize, squared: usize, values: v128): void {
  const size = f64x2.abs(f64x2.promote_low_f32x4(values));
  v128.store(absolute, f64x2.add(v128.load(absolute), size));
  v128.store(squared, f64x2.add(v128.load(squared), f64x2.mul(size, size)));
}

/** @param absolute 0, or two float64 sums a row, rows padded to four: of |value| here, of squares at `squared` */
export function driveFloats(
  x: usize, vectors: i32, rows: i32, stride: i32, scale: f32, unsigned: bool, most: f32, clips: bool, step: f32,
  out: usize, absolute: usize, squared: usize,
): i32 {
  const scales = f32x4.splat(scale);
  const steps = f32x4.splat(step);
  const whole = <usize>(rows & ~3) << 2;
  clipped = 0;
  for (let vector = 0; vector < vectors; vector++) {
    let row = 0;
    if (most == 0 && absolute == 0) {
      for (let place: usize = 0; place < whole; place += 16) {
        v128.store(out + place, driven(v128.load(x + place), scales, unsigned, 0, false, steps));
      }
      row = rows & ~3;
    }
    for (; row < rows; row += 4) {
      const place = <usize>row << 2;
      const value = driven(loadFloats(x + place, rows - row), scales, unsigned, most, clips, steps);
      storeFloats(out + place, value, rows - row);
      if (absolute == 0) continue;
      addActivity(absolute + (place << 1), squared + (place << 1), value);
      const upper = i8x16.shuffle(value, value, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
      addActivity(absolute + (place << 1) + 16, squared + (place << 1) + 16, upper);
    }
    x += <usize>stride << 2;
    out += <usize>rows << 2;
  }
  return clipped;
}

export function squareInputs(x: usize, vectors: i32, rows: i32, squares: usize, largest: usize, cubeNorm: usize): void {
  for (let vector = 0; vector < vectors; vector++) {
    let most = f32x4.splat(0);
    let sixth = most;
    for (let row = 0; row < rows; row += 4) {
      const place = <usize>row << 2;
      const value = loadFloats(x + place, rows - row);
      const square = f32x4.mul(value, value);
      storeFloats(squares + place, square, rows - row);
      most = f32x4.pmax(most, square);
      sixth = f32x4.add(sixth, f32x4.mul(f32x4.mul(square, square), square));
    }
    store<f32>(largest, sqrt<f32>(largestLane(most)));
    store<f32>(cubeNorm, sqrt<f32>(sumOfLanes(sixth)));
    const bytes = <usize>rows << 2;
    x += bytes;
    squares += bytes;
    largest += 4;
    cubeNorm += 4;
  }
}
