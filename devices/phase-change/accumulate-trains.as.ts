import { fourNormalsOfCell } from "../../src/ground/draws/cell-normals.as";
import { log2 } from "../../src/ground/kernels/mathematics.as";

/**
 * Pulses of some cells, each cell's own number of them one after another. `step` holds float64 numbers in the order of `trainNumbers`;
 * `cells` 0: all of them, in order.
 */
export function accumulateTrains(
  step: usize, conductance: usize, past: usize, age: usize, own: usize, trained: usize, writes: usize,
  cells: usize, counts: usize, count: i32, key0: u32, key1: u32,
): i32 {
  const forgets = load<f64>(step);
  const meanSlope = load<f64>(step, 8);
  const meanOffset = load<f64>(step, 16);
  const meanMemory = load<f64>(step, 24);
  const deviationSlope = load<f64>(step, 32);
  const deviationOffset = load<f64>(step, 40);
  const deviationMemory = load<f64>(step, 48);
  const lowest = load<f64>(step, 56);
  const highest = load<f64>(step, 64);
  const fresh = load<f64>(step, 72);
  const ownShare = load<f64>(step, 80);
  const resetMean = load<f64>(step, 88);
  const resetDeviation = load<f64>(step, 96);
  const resetLow = load<f64>(step, 104);
  const youngest = load<f64>(step, 112);
  let clipped = 0;
  for (let k = 0; k < count; k++) {
    const pulses = <i32>load<i16>(counts + (<usize>k << 1));
    if (pulses == 0) continue;
    const cell: u32 = cells ? load<u32>(cells + (<usize>k << 2)) : k;
    const single = <usize>cell << 2;
    const double = <usize>cell << 3;
    const up = pulses > 0;
    const size = up ? pulses : -pulses;
    let g: f64 = load<f32>(conductance + single);
    let p = load<f32>(past + single);
    let event = load<f64>(trained + double);
    let constant: f64 = 0;
    if (own) {
      const logarithm = log2(f32x4.splat(load<f32>(own + single)));
      constant = ownShare * <f64>f32x4.extract_lane(logarithm, 0);
    }
    for (let pulse = 0; pulse < size; pulse++) {
      const words = <u64>event;
      const four = fourNormalsOfCell(cell, <u32>words, <u32>(words >> 32), 0, key0, key1);
      const normal: f64 = f32x4.extract_lane(four, 0);
      event += 1;
      let free: f64;
      let low = lowest;
      if (up) {
        p = <f32>(forgets * <f64>p);
        const n = fresh * normal + constant;
        const mean = meanSlope * g + meanOffset + meanMemory * <f64>p;
        free = g + mean + (deviationSlope * g + deviationOffset + deviationMemory * <f64>p) * n;
      } else {
        p = 1;
        free = resetMean + resetDeviation * normal;
        low = resetLow;
      }
      const held = min<f64>(highest, max<f64>(low, free));
      if (held != free) clipped++;
      g = <f64>(<f32>held);
    }
    store<f32>(conductance + single, <f32>g);
    store<f32>(past + single, p);
    store<f64>(age + double, youngest);
    store<f64>(trained + double, event);
    store<f64>(writes + double, load<f64>(writes + double) + <f64>size);
  }
  return clipped;
}
