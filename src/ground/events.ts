/**
 * One kind of operation that happened in one place. Events are the only channel to energy and latency: devices, arrays
 * and circuits report them while they compute, and the ledger (circuits/energy) folds them with the chip's costs.
 */
export interface OperationEvent {
  /** What happened, a key of the cost table: "cellRead", "inputConversion", ... */
  readonly operation: string;
  /** Where: a layer's name, or "digital". */
  readonly place: string;
  /** How often. */
  readonly count: number;
  /** J of physical work (integral of V I) that the device or array itself computed; absent where only the count is known. */
  readonly work?: number;
  /** s that the operations add one after another to the latency; absent where they overlap with others. */
  readonly duration?: number;
}

export type EventSink = (event: OperationEvent) => void;
