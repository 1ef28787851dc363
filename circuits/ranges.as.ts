import { largestLane, loadFloats } from "../src/ground/kernels/lanes.as";

export function largestMagnitude(x: usize, count: i32): f32 {
  let first = f32x4.splat(0);
  let second = first;
  const end = x + (<usize>count << 2);
  for (; x + 32 <= end; x += 32) {
    first = f32x4.max(first, f32x4.abs(v128.load(x)));
    second = f32x4.max(second, f32x4.abs(v128.load(x, 16)));
  }
  for (; x < end; x += 16) first = f32x4.max(first, f32x4.abs(loadFloats(x, <i32>((end - x) >> 2))));
  return largestLane(f32x4.max(first, second));
}
