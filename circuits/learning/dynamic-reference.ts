/**
 * Where the cells of a fast array read when there is no gradient, found while it learns: as a line's sign turns, what gradients left in it means
 * the opposite from then on, so the mean of the period before is what the new one is held against.
 *
 * @source Rasch et al., Nat. Commun. 15, 7133 (2024), doi:10.1038/s41467-024-51221-z
 */
export class DynamicReference {
  /** Weights, [rows][columns]: means of the last whole period; 0 before. */
  readonly #reference: Float64Array;
  /** Sums of what was read since the line turned, [rows][columns], and how often, [rows]. */
  readonly #sums: Float64Array;
  readonly #reads: Float64Array;
  readonly #columns: number;

  constructor(rows: number, columns: number) {
    this.#reference = new Float64Array(rows * columns);
    this.#sums = new Float64Array(rows * columns);
    this.#reads = new Float64Array(rows);
    this.#columns = columns;
  }

  /** Takes a row as it was read, and takes the reference away from it in place. */
  subtract(row: number, read: Float32Array): void {
    this.#reads[row]!++;
    for (let c = 0, i = row * this.#columns; c < this.#columns; c++, i++) {
      this.#sums[i]! += read[c]!;
      read[c]! -= this.#reference[i]!;
    }
  }

  /** The line turned: the mean since it last did becomes its reference. */
  turned(row: number): void {
    const reads = this.#reads[row]!;
    for (let c = 0, i = row * this.#columns; c < this.#columns; c++, i++) {
      this.#reference[i] = this.#sums[i]! / reads;
      this.#sums[i] = 0;
    }
    this.#reads[row] = 0;
  }

  /** Reference, sums and reads as one list of numbers, and back. */
  numbers(): number[] {
    return [...this.#reference, ...this.#sums, ...this.#reads];
  }

  put(numbers: readonly number[]): void {
    const cells = this.#reference.length;
    this.#reference.set(numbers.slice(0, cells));
    this.#sums.set(numbers.slice(cells, 2 * cells));
    this.#reads.set(numbers.slice(2 * cells));
  }
}
