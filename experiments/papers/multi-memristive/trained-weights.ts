/** Weights that a perceptron is trained on: devices, or floating point through the same code. Arrays are row-major float32. */
export interface TrainedWeights {
  readonly rows: number;
  readonly columns: number;
  /** y = x W. @param x  [vectors][rows] @returns [vectors][columns] */
  multiply(x: Float32Array, vectors: number): Float32Array;
  /** e = d W^T. @param d  [vectors][columns] @returns [vectors][rows] */
  multiplyTransposed(d: Float32Array, vectors: number): Float32Array;
  /** W += rate x^T d, summed over the vectors, as one step. @param d  minus the gradient at the outputs, [vectors][columns] */
  step(x: Float32Array, d: Float32Array, vectors: number, rate: number): void;
}

/**
 * out[c] += sum over k of factors[k] source[firsts[k] + c], four terms at a time.
 *
 * @param count  of the terms
 */
export function addRows(
  out: Float32Array,
  source: Float32Array,
  firsts: Uint32Array,
  factors: Float64Array,
  count: number,
): void {
  const columns = out.length;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const [p, q, r, s] = [firsts[k]!, firsts[k + 1]!, firsts[k + 2]!, firsts[k + 3]!];
    const [w, x, y, z] = [factors[k]!, factors[k + 1]!, factors[k + 2]!, factors[k + 3]!];
    for (let c = 0; c < columns; c++) {
      out[c] = out[c]! + w * source[p + c]! + x * source[q + c]! + y * source[r + c]! + z * source[s + c]!;
    }
  }
  for (; k < count; k++) {
    const [first, factor] = [firsts[k]!, factors[k]!];
    for (let c = 0; c < columns; c++) out[c] = out[c]! + factor * source[first + c]!;
  }
}

/** y = x W without noise; inputs of 0 cost nothing. */
export function multiplied(x: Float32Array, weights: Float32Array, vectors: number, columns: number): Float32Array {
  const rows = weights.length / columns;
  const y = new Float32Array(vectors * columns);
  const [firsts, factors] = [new Uint32Array(rows), new Float64Array(rows)];
  for (let v = 0; v < vectors; v++) {
    let count = 0;
    for (let i = 0; i < rows; i++) {
      const value = x[v * rows + i]!;
      if (value === 0) continue;
      firsts[count] = i * columns;
      factors[count++] = value;
    }
    addRows(y.subarray(v * columns, (v + 1) * columns), weights, firsts, factors, count);
  }
  return y;
}

/** e = d W^T without noise. */
export function multipliedTransposed(
  d: Float32Array,
  weights: Float32Array,
  vectors: number,
  columns: number,
): Float32Array {
  const rows = weights.length / columns;
  const e = new Float32Array(vectors * rows);
  for (let v = 0; v < vectors; v++) {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += d[v * columns + c]! * weights[i * columns + c]!;
      e[v * rows + i] = sum;
    }
  }
  return e;
}

/** x^T d, summed over the vectors. @param into  receives it, [rows][columns] */
export function gradient(x: Float32Array, d: Float32Array, vectors: number, into: Float32Array): void {
  const rows = x.length / vectors;
  const columns = d.length / vectors;
  into.fill(0);
  const [firsts, factors] = [new Uint32Array(vectors), new Float64Array(vectors)];
  for (let i = 0; i < rows; i++) {
    let count = 0;
    for (let v = 0; v < vectors; v++) {
      const value = x[v * rows + i]!;
      if (value === 0) continue;
      firsts[count] = v * columns;
      factors[count++] = value;
    }
    addRows(into.subarray(i * columns, (i + 1) * columns), d, firsts, factors, count);
  }
}

/** Weights as numbers. */
export class FloatWeights implements TrainedWeights {
  readonly rows: number;
  readonly columns: number;
  /** [rows][columns]. */
  readonly values: Float32Array;
  readonly #gradient: Float32Array;

  /** @param values  where they start; changed */
  constructor(values: Float32Array, columns: number) {
    this.values = values;
    this.columns = columns;
    this.rows = values.length / columns;
    this.#gradient = new Float32Array(values.length);
  }

  multiply(x: Float32Array, vectors: number): Float32Array {
    return multiplied(x, this.values, vectors, this.columns);
  }

  multiplyTransposed(d: Float32Array, vectors: number): Float32Array {
    return multipliedTransposed(d, this.values, vectors, this.columns);
  }

  step(x: Float32Array, d: Float32Array, vectors: number, rate: number): void {
    gradient(x, d, vectors, this.#gradient);
    for (let k = 0; k < this.values.length; k++) this.values[k]! += rate * this.#gradient[k]!;
  }
}
