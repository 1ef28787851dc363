/** Counts of values in equal bins from `low` to `high`, and of those outside. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

/** A histogram being filled. */
export class HistogramCounter implements Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: number[];
  below = 0;
  above = 0;

  constructor(low: number, high: number, bins: number) {
    this.low = low;
    this.high = high;
    this.counts = Array<number>(bins).fill(0);
  }

  /** Both ends belong to the histogram. */
  add(value: number): void {
    if (value < this.low) this.below++;
    else if (value > this.high) this.above++;
    else {
      const bins = this.counts.length;
      const bin = Math.floor(((value - this.low) / (this.high - this.low)) * bins);
      // What is no number has no bin.
      if (bin >= 0) this.counts[Math.min(bins - 1, bin)]!++;
    }
  }

  /** As plain data. */
  get histogram(): Histogram {
    const { low, high, counts, below, above } = this;
    return { low, high, counts, below, above };
  }
}

/** Of every histogram of a layer. */
export const bins = 64;

/** What reaches a layer's converters, in units of their full scale; beyond -1 and 1 they clip. */
export interface ConverterCounters {
  readonly inputs: HistogramCounter;
  readonly outputs: HistogramCounter;
}

export function converterCounters(): ConverterCounters {
  return { inputs: new HistogramCounter(-1, 1, bins), outputs: new HistogramCounter(-1, 1, bins) };
}
