// Loads and stores of the last elements of an array, where fewer than four remain.

/** Four floats from `pointer`, of which the first `count` exist; the others are 0. */
// @ts-ignore: decorator
@inline
export function loadFloats(pointer: usize, count: i32): v128 {
  if (count >= 4) return v128.load(pointer);
  if (count == 1) return v128.load_zero<u32>(pointer);
  const two = v128.load_zero<u64>(pointer);
  return count == 2 ? two : v128.load_lane<u32>(pointer, two, 2, 8);
}

/** Stores the first `count` of four floats. */
// @ts-ignore: decorator
@inline
export function storeFloats(pointer: usize, values: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, values);
  } else if (count == 1) {
    v128.store_lane<u32>(pointer, values, 0);
  } else {
    v128.store_lane<u64>(pointer, values, 0);
    if (count == 3) v128.store_lane<u32>(pointer, values, 2, 8);
  }
}

/** How many of four lanes of a comparison hold. */
// @ts-ignore: decorator
@inline
export function countLanes(mask: v128): i32 {
  return popcnt(i32x4.bitmask(mask));
}

// @ts-ignore: decorator
@inline
export function largestLane(values: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(values, 0), f32x4.extract_lane(values, 1)),
    max<f32>(f32x4.extract_lane(values, 2), f32x4.extract_lane(values, 3)),
  );
}

// @ts-ignore: decorator
@inline
export function sumOfLanes(values: v128): f32 {
  return (
    f32x4.extract_lane(values, 0) + f32x4.extract_lane(values, 1) +
    (f32x4.extract_lane(values, 2) + f32x4.extract_lane(values, 3))
  );
}
