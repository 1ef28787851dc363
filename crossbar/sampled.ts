import { at, type Draw, fillNormal } from "../src/ground/draws/index.ts";
import type { Engine } from "../src/ground/kernels/index.ts";
import type { HeldConductances } from "./array.ts";

/**
 * Column sums with every cell read by its own process: max(0, held + deviation N), a fresh N for each cell and vector. The
 * oracle of the statistical product, with which it shares no calculation of variances.
 *
 * @param inputs  drive relative to full scale, -1 .. 1, [vectors][rows]
 * @param polarity  which bit line of the pair is summed; "both": their difference
 * @param draw  addresses the reads; the caller derives it from place, reading and phase
 * @param firstVector  number of the first vector within the run
 * @param out  receives sums, S, [vectors][stride]
 */
export function sampleColumnSums(
  engine: Engine,
  inputs: Float32Array,
  vectors: number,
  rows: number,
  columns: number,
  held: HeldConductances,
  polarity: "both" | "positive" | "negative",
  draw: Draw,
  firstVector: number,
  out: Float32Array,
  stride: number,
): void {
  const mark = engine.memory.mark();
  const normals = engine.memory.float32(rows * columns);
  const sums = new Float64Array(columns);
  const sides = [
    { name: "positive", sign: 1, centre: held.positive, deviation: held.positiveDeviation },
    { name: "negative", sign: -1, centre: held.negative, deviation: held.negativeDeviation },
  ].filter(({ name }) => polarity === "both" || polarity === name);
  for (let v = 0; v < vectors; v++) {
    sums.fill(0);
    for (const { name, sign, centre, deviation } of sides) {
      fillNormal(engine, at(draw, name), firstVector + v, normals);
      const factor = polarity === "both" ? sign : 1;
      for (let i = 0; i < rows; i++) {
        const drive = inputs[v * rows + i]! * factor;
        if (drive === 0) continue;
        for (let j = 0, cell = i * columns; j < columns; j++, cell++) {
          const read = centre[cell]! + deviation[cell]! * normals[cell]!;
          if (read > 0) sums[j]! += drive * read;
        }
      }
    }
    for (let j = 0; j < columns; j++) out[v * stride + j] = sums[j]!;
  }
  engine.memory.release(mark);
}
