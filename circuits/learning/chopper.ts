import { at, type Draw, philox4x32, wordsOfEvent } from "../../src/ground/draws/index.ts";

/** The fourth counter word of choppers' draws. */
const chopperMark = 0x08000000;

/** Signs of the word lines of a fast array, each turned at random after it was transferred: what does not turn with them is no gradient. */
export class Chopper {
  /** 1 or -1, [rows]. */
  readonly signs: Int8Array;
  readonly #draw: Draw;
  readonly #probability: number;

  /** @param probability  that a line turns after a transfer; 0: never */
  constructor(rows: number, probability: number, draw: Draw) {
    this.signs = new Int8Array(rows).fill(1);
    this.#probability = probability;
    this.#draw = at(draw, "chopper");
  }

  /** Turns a line or not. @param transfer  numbers the transfer @returns whether it turned */
  turn(row: number, transfer: number): boolean {
    if (this.#probability === 0) return false;
    const [low, high] = wordsOfEvent(transfer);
    const [word] = philox4x32([low, high, 0, chopperMark], this.#draw.key);
    if (word >= this.#probability * 2 ** 32) return false;
    this.signs[row] = -this.signs[row]!;
    return true;
  }

  /** Vectors as the fast array's lines carry them. @param x  [vectors][rows] */
  chopped(x: Float32Array, vectors: number): Float32Array {
    if (this.#probability === 0) return x;
    const { signs } = this;
    const out = new Float32Array(vectors * signs.length);
    for (let v = 0, k = 0; v < vectors; v++) for (let r = 0; r < signs.length; r++, k++) out[k] = signs[r]! * x[k]!;
    return out;
  }
}
