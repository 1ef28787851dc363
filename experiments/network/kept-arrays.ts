/** Floats kept at most; what does not fit is left to the collector. */
const most = 2 ** 24;

/** Arrays that every batch needs anew, given again instead of collected: one for each name. */
export class KeptArrays {
  readonly #arrays = new Map<string, Float32Array>();
  #kept = 0;

  /** An array whose values are those of its last use; free again when the batch is done. */
  take(name: string, length: number): Float32Array {
    const before = this.#arrays.get(name);
    if (before?.length === length) return before;
    const array = new Float32Array(length);
    const kept = this.#kept - (before?.length ?? 0) + length;
    if (kept > most) return array;
    this.#kept = kept;
    this.#arrays.set(name, array);
    return array;
  }
}
