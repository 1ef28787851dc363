/** Sums of at most this many pulses of 16 bits stay within 32. */
const part = 32768;

// @ts-ignore: decorator
@inline
function added(sums: v128): f64 {
  return (
    <f64>i32x4.extract_lane(sums, 0) + <f64>i32x4.extract_lane(sums, 1) + <f64>i32x4.extract_lane(sums, 2) +
    <f64>i32x4.extract_lane(sums, 3)
  );
}

/** `sums` receives pulses of either sign and the most of either, four float64. */
export function countRequests(counts: usize, selections: usize, count: i32, sums: usize): void {
  let up: f64 = 0;
  let down: f64 = 0;
  let most = i16x8.splat(0);
  let least = i16x8.splat(0);
  const zero = i16x8.splat(0);
  const whole = count & ~7;
  let i = 0;
  while (i < whole) {
    const end = min(whole, i + part);
    let rising = zero;
    let falling = zero;
    for (; i < end; i += 8) {
      const signed = v128.load(counts + (<usize>i << 1));
      const pulses = i16x8.abs(signed);
      const to = selections + (<usize>i << 2);
      const low = i32x4.extend_low_i16x8_u(pulses);
      const high = i32x4.extend_high_i16x8_u(pulses);
      v128.store(to, i32x4.add(v128.load(to), low));
      v128.store(to, i32x4.add(v128.load(to, 16), high), 16);
      const raised = i16x8.max_s(signed, zero);
      rising = i32x4.add(rising, i32x4.extadd_pairwise_i16x8_u(raised));
      falling = i32x4.add(falling, i32x4.extadd_pairwise_i16x8_u(i16x8.sub(pulses, raised)));
      most = i16x8.max_s(most, signed);
      least = i16x8.min_s(least, signed);
    }
    up += added(rising);
    down += added(falling);
  }
  let largest = 0;
  let smallest = 0;
  v128.store(sums, most);
  v128.store(sums, least, 16);
  for (let lane: usize = 0; lane < 8; lane++) {
    largest = max(largest, <i32>load<i16>(sums + (lane << 1)));
    smallest = min(smallest, <i32>load<i16>(sums + (lane << 1), 16));
  }
  for (; i < count; i++) {
    const signed = <i32>load<i16>(counts + (<usize>i << 1));
    const pulses = signed < 0 ? -signed : signed;
    const to = selections + (<usize>i << 2);
    store<u32>(to, load<u32>(to) + <u32>pulses);
    if (signed > 0) up += <f64>pulses;
    else down += <f64>pulses;
    largest = max(largest, signed);
    smallest = min(smallest, signed);
  }
  store<f64>(sums, up);
  store<f64>(sums, down, 8);
  store<f64>(sums, <f64>largest, 16);
  store<f64>(sums, <f64>-smallest, 24);
}
