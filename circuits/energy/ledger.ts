import type { OperationEvent } from "../../src/ground/events.ts";
import { type CompensatedSum, plus, roundedSum, zeroSum } from "./compensated-sum.ts";

/** All events of one kind in one place. Plain data: workers send it, files keep it. */
export interface LedgerEntry {
  readonly operation: string;
  readonly place: string;
  readonly count: CompensatedSum;
  /** J that devices or arrays computed themselves. */
  readonly work: CompensatedSum;
  /** s added to the latency. */
  readonly duration: CompensatedSum;
}

/** What happened, without what it costs: prices are applied when it is read (circuits/energy/account.ts). */
export class Ledger {
  readonly #entries = new Map<string, LedgerEntry>();

  constructor(entries: Iterable<LedgerEntry> = []) {
    this.merge(entries);
  }

  add({ operation, place, count, work = 0, duration = 0 }: OperationEvent): void {
    for (const [name, value] of Object.entries({ count, work, duration })) {
      if (!(value >= 0 && value < Infinity)) throw new Error(`${operation} in ${place}: ${name} is ${value}`);
    }
    const entry = this.#entry(operation, place);
    this.#keep({
      operation,
      place,
      count: plus(entry.count, count),
      work: plus(entry.work, work),
      duration: plus(entry.duration, duration),
    });
  }

  /** Adds another ledger's entries; grouping and order do not matter. */
  merge(entries: Iterable<LedgerEntry>): void {
    for (const { operation, place, count, work, duration } of entries) {
      const entry = this.#entry(operation, place);
      this.#keep({
        operation,
        place,
        count: join(entry.count, count),
        work: join(entry.work, work),
        duration: join(entry.duration, duration),
      });
    }
  }

  /** Entries in the order of their names, so that equal ledgers read equal. */
  entries(): LedgerEntry[] {
    return [...this.#entries.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, entry]) => entry);
  }

  /** The same ledger per inference, per vector, per chip: everything times `factor`. */
  scaled(factor: number): Ledger {
    const times = (sum: CompensatedSum): CompensatedSum => plus(zeroSum, roundedSum(sum) * factor);
    return new Ledger(
      this.entries().map(({ operation, place, count, work, duration }) => ({
        operation,
        place,
        count: times(count),
        work: times(work),
        duration: times(duration),
      })),
    );
  }

  /** The same events, all reported in one place. */
  movedTo(place: string): Ledger {
    return new Ledger(this.entries().map((entry) => ({ ...entry, place })));
  }

  #entry(operation: string, place: string): LedgerEntry {
    const none = { operation, place, count: zeroSum, work: zeroSum, duration: zeroSum };
    return this.#entries.get(keyOf(operation, place)) ?? none;
  }

  #keep(entry: LedgerEntry): void {
    this.#entries.set(keyOf(entry.operation, entry.place), entry);
  }
}

const keyOf = (operation: string, place: string): string => `${place}\n${operation}`;

const join = (a: CompensatedSum, b: CompensatedSum): CompensatedSum => plus(plus(a, b.high), b.low);
