/** Vectors over their largest magnitudes, and what those were. */
export interface ScaledVectors {
  readonly values: Float32Array;
  /** [vectors]; 0 of vectors of zeros. */
  readonly largest: Float32Array;
}

/**
 * Divides every vector by its largest magnitude, so that a small one uses the whole input converter: noise management. What is read from it is
 * multiplied by the same number afterwards.
 *
 * @param x  [vectors][length], finite
 */
export function scaleVectors(x: Float32Array, vectors: number, length: number): ScaledVectors {
  const values = new Float32Array(vectors * length);
  const largest = new Float32Array(vectors);
  for (let v = 0; v < vectors; v++) {
    const [first, end] = [v * length, (v + 1) * length];
    let most = 0;
    for (let i = first; i < end; i++) most = Math.max(most, Math.abs(x[i]!));
    largest[v] = most;
    if (most > 0) for (let i = first; i < end; i++) values[i] = x[i]! / most;
  }
  return { values, largest };
}

/** Undoes it in what was read, [vectors][length], in place. */
export function scaleBack(y: Float32Array, largest: Float32Array, length: number): void {
  for (let v = 0; v < largest.length; v++) {
    for (let i = v * length; i < (v + 1) * length; i++) y[i]! *= largest[v]!;
  }
}
