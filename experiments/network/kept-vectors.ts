/** The fraction of its multiples is spread evenly over 0 .. 1 in any order of size, and shares a period with nothing. */
const goldenRatio = 0.6180339887498949;

interface KeptVector {
  /** Of its number in the stream times the golden ratio. */
  readonly fraction: number;
  /** [group][row]. */
  readonly vector: Float32Array;
}

/**
 * A fair few of a stream of vectors of one product. Vectors with the smallest fractions of (number x golden ratio) are
 * kept: evenly spread over the stream, and over the positions of a convolution too, whose period a fixed stride would
 * meet (every k-th receptive field may be the same blank corner of every image).
 */
export class KeptVectors {
  readonly #groups: number;
  readonly #rows: number;
  readonly #capacity: number;
  #kept: KeptVector[] = [];
  /** Fractions below it are kept. */
  #share = 1;
  #seen = 0;

  constructor(groups: number, rows: number, capacity: number) {
    this.#groups = groups;
    this.#rows = rows;
    this.#capacity = capacity;
  }

  get count(): number {
    return this.#kept.length;
  }

  /** @param x  [group][vector][row] */
  add(x: Float32Array, vectors: number): void {
    for (let v = 0; v < vectors; v++) {
      const fraction = (this.#seen++ * goldenRatio) % 1;
      if (fraction >= this.#share) continue;
      while (this.#kept.length === this.#capacity) {
        this.#share /= 2;
        this.#kept = this.#kept.filter((kept) => kept.fraction < this.#share);
      }
      if (fraction >= this.#share) continue;
      const vector = new Float32Array(this.#groups * this.#rows);
      for (let g = 0; g < this.#groups; g++) {
        const start = (g * vectors + v) * this.#rows;
        vector.set(x.subarray(start, start + this.#rows), g * this.#rows);
      }
      this.#kept.push({ fraction, vector });
    }
  }

  /** The `count` kept vectors of the smallest fractions, as they came, [group][vector][row]. */
  values(count: number): Float32Array {
    const last = this.#kept.map(({ fraction }) => fraction).sort((a, b) => a - b)[count - 1] ?? -1;
    const out = new Float32Array(this.#groups * count * this.#rows);
    for (const [v, { vector }] of this.#kept.filter(({ fraction }) => fraction <= last).entries()) {
      for (let g = 0; g < this.#groups; g++) {
        out.set(vector.subarray(g * this.#rows, (g + 1) * this.#rows), (g * count + v) * this.#rows);
      }
    }
    return out;
  }
}
