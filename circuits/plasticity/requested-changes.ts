/** What a rule asks of synapses in one step: changes by synapse, those of one synapse added up. */
export class RequestedChanges {
  readonly synapses: number;
  readonly #changes: Float64Array;
  readonly #asked: Uint8Array;
  readonly #list: Uint32Array;
  #count = 0;
  #ascending = true;

  constructor(synapses: number) {
    this.synapses = synapses;
    this.#changes = new Float64Array(synapses);
    this.#asked = new Uint8Array(synapses);
    this.#list = new Uint32Array(synapses);
  }

  add(synapse: number, change: number): void {
    if (this.#asked[synapse] === 0) {
      this.#asked[synapse] = 1;
      if (this.#count > 0 && synapse < this.#list[this.#count - 1]!) this.#ascending = false;
      this.#list[this.#count++] = synapse;
    }
    this.#changes[synapse]! += change;
  }

  /** Synapses that are asked for something, ascending: a view that the next `add` or `clear` ends. */
  selected(): Uint32Array {
    const list = this.#list.subarray(0, this.#count);
    if (!this.#ascending) list.sort();
    this.#ascending = true;
    return list;
  }

  of(synapse: number): number {
    return this.#changes[synapse]!;
  }

  clear(): void {
    for (let k = 0; k < this.#count; k++) {
      this.#changes[this.#list[k]!] = 0;
      this.#asked[this.#list[k]!] = 0;
    }
    this.#count = 0;
    this.#ascending = true;
  }
}
