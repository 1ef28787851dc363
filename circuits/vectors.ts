import type { Engine } from "../src/ground/kernels/index.ts";

/**
 * The inputs of a product, [group][vector][row]: as they lie, or laid out where they are wanted. Receptive fields of a
 * convolution overlap and would take many times their image's memory.
 */
export type Vectors = Float32Array | VectorSource;

export interface VectorSource {
  /**
   * Lays out vectors first .. first + count - 1 of a group.
   *
   * @param engine  whose memory `target` lies in; null: the twins
   * @param target  receives [vector][row]
   */
  read(engine: Engine | null, group: number, first: number, count: number, target: Float32Array): void;
}

/** Some of one group's vectors, [vector][row], into `target`; `vectors` is how many each group has. */
export function readVectors(
  engine: Engine | null,
  inputs: Vectors,
  vectors: number,
  rows: number,
  group: number,
  first: number,
  count: number,
  target: Float32Array,
): void {
  if (inputs instanceof Float32Array) {
    const from = (group * vectors + first) * rows;
    target.set(inputs.subarray(from, from + count * rows));
  } else {
    inputs.read(engine, group, first, count, target);
  }
}
