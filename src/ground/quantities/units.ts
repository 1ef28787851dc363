/** A unit as written, resolved: 1 of it is multiplier * 10^power of the SI unit `si`. */
export interface Unit {
  /** The same unit without prefixes and house names: "J/byte" for "pJ/byte", "s" for "h", "1" for "%". */
  readonly si: string;
  readonly power: number;
  readonly multiplier: number;
  /** Exponents of the base units, canonical: two units measure the same thing exactly if these are equal. */
  readonly dimension: string;
}

interface Atom {
  readonly si: string;
  readonly power?: number;
  readonly multiplier?: number;
  readonly prefixes: string;
  readonly dimension: Readonly<Record<string, number>>;
}

const prefixes: Readonly<Record<string, number>> = {
  f: -15,
  p: -12,
  n: -9,
  u: -6,
  "\u00b5": -6,
  "\u03bc": -6,
  m: -3,
  c: -2,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
};

const all = "fpnu\u00b5\u03bcmkMGT";
const ohm: Atom = { si: "ohm", prefixes: all, dimension: { kg: 1, m: 2, s: -3, A: -2 } };
const byte: Atom = { si: "byte", prefixes: "kMGT", dimension: { byte: 1 } };
const operation: Atom = { si: "operation", prefixes: "kMGT", dimension: { operation: 1 } };

const atoms: Readonly<Record<string, Atom>> = {
  "1": { si: "1", prefixes: "", dimension: {} },
  "%": { si: "1", power: -2, prefixes: "", dimension: {} },
  S: { si: "S", prefixes: all, dimension: { kg: -1, m: -2, s: 3, A: 2 } },
  V: { si: "V", prefixes: all, dimension: { kg: 1, m: 2, s: -3, A: -1 } },
  A: { si: "A", prefixes: all, dimension: { A: 1 } },
  C: { si: "C", prefixes: all, dimension: { A: 1, s: 1 } },
  F: { si: "F", prefixes: all, dimension: { kg: -1, m: -2, s: 4, A: 2 } },
  J: { si: "J", prefixes: all, dimension: { kg: 1, m: 2, s: -2 } },
  eV: { si: "J", multiplier: 1.602176634e-19, prefixes: "mk", dimension: { kg: 1, m: 2, s: -2 } },
  W: { si: "W", prefixes: all, dimension: { kg: 1, m: 2, s: -3 } },
  K: { si: "K", prefixes: all, dimension: { K: 1 } },
  Hz: { si: "Hz", prefixes: all, dimension: { s: -1 } },
  m: { si: "m", prefixes: `${all}c`, dimension: { m: 1 } },
  ohm,
  "\u03a9": ohm,
  "\u2126": ohm,
  s: { si: "s", prefixes: all, dimension: { s: 1 } },
  min: { si: "s", multiplier: 60, prefixes: "", dimension: { s: 1 } },
  h: { si: "s", multiplier: 3600, prefixes: "", dimension: { s: 1 } },
  d: { si: "s", multiplier: 86_400, prefixes: "", dimension: { s: 1 } },
  y: { si: "s", multiplier: 365 * 86_400, prefixes: "", dimension: { s: 1 } },
  byte,
  B: byte,
  bit: { si: "bit", prefixes: "kMGT", dimension: { bit: 1 } },
  operation,
  op: operation,
};

/** Reads "uS", "h", "pJ/byte", "W/mm^2", "V*s", "1/s"; undefined where it is no unit we know. */
export function parseUnit(text: string): Unit | undefined {
  const parts = text.trim().split(/\s*([*/\u00b7])\s*/);
  const dimension = new Map<string, number>();
  let si = "";
  let power = 0;
  let multiplier = 1;
  for (let i = 0; i < parts.length; i += 2) {
    const factor = /^(.+?)(?:\^(-?\d))?$/.exec(parts[i]!);
    const atom = factor && prefixed(factor[1]!);
    if (!factor || !atom) return undefined;
    const exponent = Number(factor[2] ?? 1);
    const sign = parts[i - 1] === "/" ? -exponent : exponent;
    power += sign * (atom.power ?? 0);
    multiplier *= (atom.multiplier ?? 1) ** sign;
    for (const [base, count] of Object.entries(atom.dimension)) {
      dimension.set(base, (dimension.get(base) ?? 0) + sign * count);
    }
    si += `${i === 0 ? "" : parts[i - 1] === "/" ? "/" : "*"}${atom.si}${exponent === 1 ? "" : `^${exponent}`}`;
  }
  const bases = [...dimension].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return { si, power, multiplier, dimension: bases.map(([base, count]) => `${base}${count}`).join(" ") };
}

/** An atom, with its prefix where it is not an atom itself ("m" is the metre, "min" the minute, "mm" a prefixed metre). */
function prefixed(text: string): Atom | undefined {
  if (Object.hasOwn(atoms, text)) return atoms[text];
  const prefix = text[0]!;
  const rest = text.slice(1);
  if (!Object.hasOwn(prefixes, prefix) || !Object.hasOwn(atoms, rest)) return undefined;
  const atom = atoms[rest]!;
  if (!atom.prefixes.includes(prefix)) return undefined;
  return { ...atom, power: prefixes[prefix]! };
}

/** The prefixes in which a quantity of this SI unit is printed, largest first; none for a pure number, powers, temperatures. */
export function printingPrefixes(si: string): readonly (readonly [string, number])[] {
  const first = /^([A-Za-z]+)(?=$|[*/])/.exec(si)?.[1];
  if (first === undefined || first === "K" || !Object.hasOwn(atoms, first)) return [];
  const allowed = atoms[first]!.prefixes;
  const largest = si === "s" ? 0 : 12;
  return (["T", "G", "M", "k", "", "m", "u", "n", "p", "f"] as const)
    .filter((prefix) => prefix === "" || allowed.includes(prefix))
    .map((prefix) => [prefix, prefix === "" ? 0 : prefixes[prefix]!] as const)
    .filter(([, power]) => power <= largest);
}
