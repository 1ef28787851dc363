import { at, type Draw, fillNormal } from "../../src/ground/draws/index.ts";
import type { Engine } from "../../src/ground/kernels/index.ts";
import { normalDistribution } from "../../src/ground/statistics/index.ts";
import type { Trait } from "./law.ts";

/**
 * Draws what devices have for life, one array a trait.
 *
 * @param scale  1: spreads as the set says; 0: none, every device has the traits' values
 */
export function drawTraits(
  engine: Engine,
  traits: readonly Trait[],
  fields: readonly Float32Array[],
  scale: number,
  draw: Draw,
): void {
  for (const [index, { name, value, spread, distribution }] of traits.entries()) {
    const field = fields[index]!;
    const sigma = spread * scale;
    if (sigma === 0) {
      field.fill(value);
      continue;
    }
    fillNormal(engine, at(draw, "trait", name), 0, field);
    for (let i = 0; i < field.length; i++) {
      const n = field[i]!;
      if (distribution === "log-normal") field[i] = value * Math.exp(sigma * n);
      else if (distribution === "log-normal-of-mean") field[i] = value * Math.exp(sigma * n - (sigma * sigma) / 2);
      else if (distribution === "normal") field[i] = value * Math.max(0, 1 + sigma * n);
      else field[i] = value * (1 + sigma * (2 * normalDistribution(n) - 1));
    }
  }
}
