/** The fraction of its multiples is spread evenly over 0 .. 1 in any order of size, and shares a period with nothing. */
const goldenRatio = 0.6180339887498949;

const fractionOf = (number: number): number => (number * goldenRatio) % 1;

/**
 * A fair few of a stream of vectors of one product. Vectors with the smallest fractions of (number x golden ratio) are
 * kept: evenly spread over the stream, and over the positions of a convolution too, whose period a fixed stride would
 * meet (every k-th receptive field may be the same blank corner of every image).
 */
export class KeptVectors {
  readonly #groups: number;
  readonly #rows: number;
  readonly #capacity: number;
  /** Numbers of the kept vectors, ascending, and they themselves in that order, [slot][group][row]. */
  #numbers: number[] = [];
  #values = new Float32Array(0);
  /** Fractions below it are kept. */
  #share = 1;
  #seen = 0;
  #coming = 0;

  /** @param capacity  most vectors kept */
  constructor(groups: number, rows: number, capacity: number) {
    this.#groups = groups;
    this.#rows = rows;
    this.#capacity = capacity;
  }

  get count(): number {
    return this.#numbers.length;
  }

  /** Makes room for the next vectors of the stream, which `add` is then given. */
  expect(vectors: number): void {
    this.#seen = this.#coming;
    this.#coming += vectors;
    const before = this.#numbers;
    let numbers = [...before];
    for (let number = this.#seen; number < this.#coming; number++) {
      if (fractionOf(number) >= this.#share) continue;
      numbers.push(number);
      while (numbers.length > this.#capacity) {
        this.#share /= 2;
        numbers = numbers.filter((kept) => fractionOf(kept) < this.#share);
      }
    }
    this.#numbers = numbers;
    this.#move(before);
  }

  /** Brings the vectors of those numbers to the slots that they have now. */
  #move(before: readonly number[]): void {
    const size = this.#groups * this.#rows;
    let slot = 0;
    for (const [from, number] of before.entries()) {
      if (this.#numbers[slot] !== number) continue;
      if (slot < from) this.#values.copyWithin(slot * size, from * size, (from + 1) * size);
      slot++;
    }
    if (this.#values.length >= this.count * size) return;
    const more = new Float32Array(Math.min(this.#capacity, 2 * this.count) * size);
    more.set(this.#values.subarray(0, slot * size));
    this.#values = more;
  }

  /** @param x  vectors first .. first + count - 1 of a group, [vector][row], counted among those expected */
  add(group: number, first: number, count: number, x: Float32Array): void {
    const start = this.#seen + first;
    const rows = this.#rows;
    for (let slot = this.#slotFrom(start); this.#numbers[slot]! < start + count; slot++) {
      const from = (this.#numbers[slot]! - start) * rows;
      this.#values.set(x.subarray(from, from + rows), (slot * this.#groups + group) * rows);
    }
  }

  /** The slot of the first kept vector of this number or a later one. */
  #slotFrom(number: number): number {
    let [low, high] = [0, this.#numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#numbers[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The `count` kept vectors of the smallest fractions, as they came, [group][vector][row]. */
  values(count: number): Float32Array {
    const [groups, rows] = [this.#groups, this.#rows];
    const last = this.#numbers.map(fractionOf).sort((a, b) => a - b)[count - 1] ?? -1;
    const slots = this.#numbers.flatMap((number, slot) => (fractionOf(number) <= last ? [slot] : []));
    const out = new Float32Array(groups * count * rows);
    for (const [v, slot] of slots.entries()) {
      for (let g = 0; g < groups; g++) {
        const from = (slot * groups + g) * rows;
        out.set(this.#values.subarray(from, from + rows), (g * count + v) * rows);
      }
    }
    return out;
  }
}
