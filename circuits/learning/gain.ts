import type { LineProduct } from "../line-product.ts";

/** Share of full scale below which half of it would do. */
const roomy = 0.4;

/**
 * Full scale of an output converter that follows what it sees: a programmable gain that is set anew after every batch. Twice as wide where a
 * sum lay beyond, half where the largest would have fitted with room to spare. Digital, assumed.
 */
export class FollowingGain {
  readonly #product: LineProduct;

  /** @param start  full scale at first, S */
  constructor(product: LineProduct, start: number) {
    this.#product = product;
    product.outputRange = start;
    product.largestSum = 0;
  }

  get range(): number {
    return this.#product.outputRange;
  }

  set range(range: number) {
    this.#product.outputRange = range;
  }

  /** Follows the batch that was just read. */
  follow(): void {
    const { largestSum, outputRange } = this.#product;
    this.#product.largestSum = 0;
    if (largestSum === null || largestSum === 0) return;
    if (largestSum > outputRange) this.#product.outputRange = 2 * outputRange;
    else if (largestSum < roomy * outputRange) this.#product.outputRange = outputRange / 2;
  }
}
