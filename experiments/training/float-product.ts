import type { LearningProduct } from "../../circuits/index.ts";

/**
 * The floor beneath devices: a product that learns in float32, by the same interface. Sums run in float32 along the rows, zeros of the inputs
 * are passed over.
 */
export class FloatProduct implements LearningProduct {
  readonly rows: number;
  readonly columns: number;
  readonly #weights: Float32Array;

  /** @param weights  start, [rows][columns]; copied */
  constructor(rows: number, columns: number, weights: Float32Array) {
    this.rows = rows;
    this.columns = columns;
    this.#weights = weights.slice();
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    const { rows, columns } = this;
    const w = this.#weights;
    const y = new Float32Array(vectors * columns);
    for (let v = 0; v < vectors; v++) {
      const own = y.subarray(v * columns, (v + 1) * columns);
      for (let row = 0; row < rows; row++) {
        const input = x[v * rows + row]!;
        if (input !== 0) for (let c = 0, at = row * columns; c < columns; c++, at++) own[c]! += input * w[at]!;
      }
    }
    return y;
  }

  multiplyTransposed(d: Float32Array, vectors: number): Float32Array {
    const { rows, columns } = this;
    const w = this.#weights;
    const e = new Float32Array(vectors * rows);
    for (let v = 0; v < vectors; v++) {
      for (let row = 0, at = 0; row < rows; row++) {
        let sum = 0;
        for (let c = 0, from = v * columns; c < columns; c++, at++, from++) sum += d[from]! * w[at]!;
        e[v * rows + row] = sum;
      }
    }
    return e;
  }

  update(x: Float32Array, d: Float32Array, vectors: number, rate: number): void {
    const { rows, columns } = this;
    const w = this.#weights;
    for (let v = 0; v < vectors; v++) {
      const own = d.subarray(v * columns, (v + 1) * columns);
      for (let row = 0; row < rows; row++) {
        const step = rate * x[v * rows + row]!;
        if (step !== 0) for (let c = 0, at = row * columns; c < columns; c++, at++) w[at]! += step * own[c]!;
      }
    }
  }

  get clock(): number {
    return 0;
  }

  elapse(): void {}

  weights(): Float32Array {
    return this.#weights.slice();
  }

  save(): Uint8Array {
    return new Uint8Array(this.#weights.slice().buffer);
  }

  restore(bytes: Uint8Array): void {
    this.#weights.set(new Float32Array(bytes.slice().buffer));
  }
}
