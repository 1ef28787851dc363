/**
 * text * 10^power, where text is a decimal number: the digits stay and the point moves, so that "25" with power -6 is the very
 * double that 25e-6 is.
 */
export function withPowerOfTen(text: string, power: number): number {
  const [digits, exponent] = text.split(/e/i);
  if (digits!.endsWith("Infinity")) return Number(text);
  return Number(`${digits}e${Number(exponent ?? 0) + power}`);
}

/** A number's shortest decimal digits with the point moved by `power` places, as text: no rounding comes in between. */
export function shiftedDecimal(value: number, power: number): string {
  if (value === 0 || !Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  const [, sign, whole, fraction, exponent] = /^(-?)(\d)\.?(\d*)e([+-]\d+)$/.exec(value.toExponential())!;
  const digits = `${whole}${fraction}`;
  const point = Number(exponent) + power + 1;
  if (point > 21 || point < -5) return `${sign}${whole}${fraction === "" ? "" : "."}${fraction}e${point - 1}`;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, "0");
  return `${sign}${padded.slice(0, point)}${padded.length > point ? "." : ""}${padded.slice(point)}`;
}
