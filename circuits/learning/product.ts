/**
 * A product y = x W that learns: on tiles of devices, or in floating point as the floor beneath them. Arrays are row-major float32.
 */
export interface LearningProduct {
  readonly rows: number;
  readonly columns: number;
  /** y = x W. @param x  [vectors][rows] @returns [vectors][columns] */
  multiply(x: Float32Array, vectors: number): Float32Array;
  /** e = d W^T through the same weights, read from the other side. @param d  [vectors][columns] @returns [vectors][rows] */
  multiplyTransposed(d: Float32Array, vectors: number): Float32Array;
  /** W += rate x^T d, one update a vector, in their order. @param x  [vectors][rows] @param d  [vectors][columns]: minus the gradient */
  update(x: Float32Array, d: Float32Array, vectors: number, rate: number): void;
  /** s that its devices have lived with the network: reads, updates and waits. */
  readonly clock: number;
  /** Lets time pass in the devices. */
  elapse(seconds: number): void;
  /** Weights now, without read noise, [rows][columns]. */
  weights(): Float32Array;
  /** All that later results depend on, as bytes. */
  save(): Uint8Array;
  restore(bytes: Uint8Array): void;
}

/** Lets every product wait until the slowest is there: what they do in a batch takes them different times. */
export function waitForSlowest(products: readonly LearningProduct[]): void {
  const latest = products.reduce((most, { clock }) => Math.max(most, clock), 0);
  for (const product of products) if (product.clock < latest) product.elapse(latest - product.clock);
}
