/** A complex number: real and imaginary part. */
export type Complex = readonly [re: number, im: number];

export const add = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
export const subtract = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d];
export const multiply = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
export const divide = (z: Complex, [c, d]: Complex): Complex => {
  const norm = c * c + d * d;
  const [re, im] = multiply(z, [c, -d]);
  return [re / norm, im / norm];
};
export const cosine = ([a, b]: Complex): Complex => [Math.cos(a) * Math.cosh(b), -Math.sin(a) * Math.sinh(b)];
export const sine = ([a, b]: Complex): Complex => [Math.sin(a) * Math.cosh(b), Math.cos(a) * Math.sinh(b)];
/** |z|^2. */
export const square = ([a, b]: Complex): number => a * a + b * b;
