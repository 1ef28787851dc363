/** The number that 16 bits mean as IEEE 754 binary16, exact in binary32. */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The number that 16 bits mean as bfloat16: the upper half of a binary32. */
export function bfloat16(bits: number): number {
  word[0] = (bits & 0xffff) << 16;
  return single[0]!;
}

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);
