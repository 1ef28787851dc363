import type { Cells, Pulse } from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { GivenPulses, SynapseArray } from "./synapse-array.ts";

/** When a pair that is only potentiated is written anew, and how. */
export interface RefreshSpec {
  /** S of one set of a synapse, all its devices together: what shares are counted from, and what they are shares of. */
  readonly low: number;
  readonly high: number;
  /** A pair is refreshed where one side reads above the first share and the other above the second. */
  readonly larger: number;
  readonly smaller: number;
  /** S that one potentiating pulse adds. */
  readonly step: number;
  readonly read: Pulse;
  /** s that one read of the whole array takes. */
  readonly readTime: number;
}

/** 0.75 and 0.25 of the span: 6.75 and 2.25 uS of 9 uS in Boybat et al., Nat. Commun. 9, 2514 (2018), doi:10.1038/s41467-018-04933-y, as assumed. */
export const usualRefreshShares = { larger: 0.75, smaller: 0.25 } as const;

/** What refreshing came to. */
export interface RefreshWork {
  /** The pairs that were refreshed, ascending. */
  readonly pairs: Uint32Array;
  /** Pairs that were refreshed, and those of them whose difference was not reached. */
  readonly refreshed: number;
  readonly missed: number;
  /** Reads of one side of a pair, and their work, J. */
  readonly reads: number;
  readonly readWork: number;
  /** Pulses that brought devices down, and those that wrote differences again. */
  readonly erased: GivenPulses;
  readonly written: GivenPulses;
  /** s that all of it lasted. */
  readonly seconds: number;
}

/** A side counts as erased below this share of the span. */
const erasedShare = 0.1;
/** Rounds of erasing; the pulses of each are twice those of the one before. */
const erasures = 12;
/** Rounds of writing, and the part of what is missing that each asks for: a pulse after a RESET may add several steps. */
const writings = 40;
const part = 1 / 4;
/** Numbers of reads apart from those of programming. */
const firstReading = 2 ** 40;

/**
 * Refreshes pairs that are only potentiated: both sides only grow, so that pairs end where neither can. Every pair is read, with all read
 * noise; where both sides are high, both are erased, and their difference is written to one of them by pulses, each round followed by a read.
 * Pulses of writing are requests to the arbitration like any others; those of erasing reach all devices.
 *
 * @param event  numbers the refresh of this array
 * @param among  pairs that are read, ascending, for callers who know that no other can be high; absent: all
 */
export function refreshPairs(
  synapses: SynapseArray,
  spec: RefreshSpec,
  event: number,
  among = Uint32Array.from({ length: synapses.synapses }, (_, i) => i),
): RefreshWork {
  const { arrangement, negative } = synapses;
  if (arrangement !== "differential" || !negative) {
    throw new InputError(`only pairs that are only potentiated are refreshed, not arrangement "${arrangement}"`);
  }
  const { low, high, larger, smaller, step } = spec;
  const reader = new PairReader(synapses, spec, event);
  reader.read(among);
  const above = (share: number): number => low + share * (high - low);
  const full = among.filter((i) => {
    const [most, least] = [
      Math.max(reader.positive[i]!, reader.negative[i]!),
      Math.min(reader.positive[i]!, reader.negative[i]!),
    ];
    return most > above(larger) && least > above(smaller);
  });
  const wanted = new Map<number, number>();
  for (const i of full) wanted.set(i, reader.difference(i));
  let [erased, written] = [nothingGiven, nothingGiven];
  let open = full;
  for (let round = 0; round < erasures && open.length > 0; round++) {
    erased = together(erased, synapses.erase(open, 2 ** round, event * erasures + round));
    reader.read(open);
    open = open.filter((i) => Math.max(reader.positive[i]!, reader.negative[i]!) > above(erasedShare));
  }
  open = full;
  for (let round = 0; round <= writings && open.length > 0; round++) {
    const missing = (i: number): number => {
      const sign = Math.sign(wanted.get(i)!);
      return sign * (wanted.get(i)! - reader.difference(i));
    };
    open = open.filter((i) => missing(i) > step / 2);
    if (round === writings || open.length === 0) break;
    const counts = Int16Array.from(open, (i) => {
      const pulses = Math.max(1, Math.floor((part * missing(i)) / step));
      return Math.sign(wanted.get(i)!) * Math.min(pulses, 1000);
    });
    written = together(written, synapses.update(counts, open));
    reader.read(open);
  }
  const { reads, work: readWork, seconds } = reader;
  return {
    pairs: full,
    refreshed: full.length,
    missed: open.length,
    reads,
    readWork,
    erased,
    written,
    seconds: seconds + erased.seconds + written.seconds,
  };
}

/** Reads of pairs by their own cells, with all their noise. */
class PairReader {
  /** S, as last read, [synapses]. */
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  reads = 0;
  work = 0;
  seconds = 0;
  readonly #synapses: SynapseArray;
  readonly #spec: RefreshSpec;
  readonly #works: Float64Array;
  #reading: number;

  constructor(synapses: SynapseArray, spec: RefreshSpec, event: number) {
    this.#synapses = synapses;
    this.#spec = spec;
    const count = synapses.synapses;
    [this.positive, this.negative] = [new Float64Array(count), new Float64Array(count)];
    this.#works = new Float64Array(count);
    this.#reading = firstReading + event * (1 + erasures + writings);
  }

  difference(i: number): number {
    return this.positive[i]! - this.negative[i]!;
  }

  read(selected: Uint32Array): void {
    const { read, readTime } = this.#spec;
    const reading = this.#reading++;
    const stimulus = { voltage: read.voltage, duration: read.width, programming: reading };
    const side = (cells: Cells, into: Float64Array): void => {
      cells.read(stimulus, reading, into, this.#works, selected);
      for (const i of selected) into[i]! /= read.voltage;
    };
    side(this.#synapses.positive, this.positive);
    side(this.#synapses.negative!, this.negative);
    for (const i of selected) {
      this.work += this.#works[i]!;
      this.#works[i] = 0;
    }
    this.reads += 2 * selected.length;
    this.#synapses.elapse(readTime);
    this.seconds += readTime;
  }
}

const nothingGiven: GivenPulses = {
  pulses: { potentiation: 0, depression: 0 },
  work: 0,
  works: { potentiation: 0, depression: 0 },
  seconds: 0,
};

function together(a: GivenPulses, b: GivenPulses): GivenPulses {
  const both = (x: GivenPulses["pulses"], y: GivenPulses["pulses"]) => ({
    potentiation: x.potentiation + y.potentiation,
    depression: x.depression + y.depression,
  });
  return {
    pulses: both(a.pulses, b.pulses),
    work: a.work + b.work,
    works: both(a.works, b.works),
    seconds: a.seconds + b.seconds,
  };
}
