import type { LineProduct } from "../line-product.ts";

/** Share of full scale below which half of it would do. */
const roomy = 0.4;

/**
 * Full scale of an output converter that follows what it sees: a programmable gain that is set anew after every batch. Twice as wide where a
 * sum lay beyond, half where the largest would have fitted with room to spare. Reads of different kinds through the same converter have one each.
 * Digital, assumed.
 */
export class FollowingGain {
  /** Full scale of the next read, S. */
  range: number;
  readonly #product: LineProduct;

  /** @param start  full scale at first, S */
  constructor(product: LineProduct, start: number) {
    this.#product = product;
    this.range = start;
  }

  /** The converter has this full scale from now on. */
  use(): void {
    this.#product.outputRange = this.range;
    this.#product.largestSum = 0;
  }

  /** Follows what was just read. */
  follow(): void {
    const { largestSum } = this.#product;
    if (largestSum === null || largestSum === 0) return;
    if (largestSum > this.range) this.range *= 2;
    else if (largestSum < roomy * this.range) this.range /= 2;
  }
}
