const cacheLine = 64;
/** Arrays of a page or more are followed by an odd number of cache lines, so that equal ones do not share cache sets. */
const large = 4096;
const apart = 5 * cacheLine;

/**
 * A stack of typed arrays in one buffer of fixed size, so that views stay valid and kernels take addresses. The system
 * commits its pages as they are touched. New arrays are not cleared.
 */
export class KernelMemory {
  readonly buffer: ArrayBuffer;
  #next: number;

  /** @param start bytes below it belong to somebody else (a module's own data) */
  constructor(buffer: ArrayBuffer, start = 0) {
    this.buffer = buffer;
    this.#next = start;
  }

  /** Bytes not yet given out. */
  get left(): number {
    return this.buffer.byteLength - this.#next;
  }

  float32(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.buffer, this.#take(length, 4), length);
  }

  float64(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.buffer, this.#take(length, 8), length);
  }

  int16(length: number): Int16Array<ArrayBuffer> {
    return new Int16Array(this.buffer, this.#take(length, 2), length);
  }

  int32(length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.buffer, this.#take(length, 4), length);
  }

  uint32(length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.buffer, this.#take(length, 4), length);
  }

  uint8(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer, this.#take(length, 1), length);
  }

  /** The place to return to: `release(mark)` gives back every array taken since. */
  mark(): number {
    return this.#next;
  }

  release(mark: number): void {
    if (mark > this.#next) throw new Error("arrays are released in the reverse order of marks");
    this.#next = mark;
  }

  /** Where a kernel finds an array of this memory. */
  address(array: ArrayBufferView): number {
    if (array.buffer !== this.buffer) throw new Error("a kernel was given an array outside its engine's memory");
    return array.byteOffset;
  }

  #take(length: number, width: number): number {
    if (!Number.isSafeInteger(length) || length < 0) throw new Error(`an array of ${length} elements`);
    const bytes = length * width;
    const start = Math.ceil(this.#next / cacheLine) * cacheLine;
    const end = start + bytes + (bytes >= large ? apart : 0);
    if (end > this.buffer.byteLength) {
      throw new Error(
        `kernel memory is exhausted: ${bytes} bytes asked, ${this.left} of ${this.buffer.byteLength} left`,
      );
    }
    this.#next = end;
    return start;
  }
}
