import type { SynapseArray } from "../synapses/index.ts";

/** Columns of a pulse trace. */
const pulseTraceHeader = "update,layer,row,column,side,device,sign";

/** Pulses as they were applied, one row each, as CSV; no more rows than were asked for. */
export class PulseTrace {
  /** Update whose pulses are being applied. */
  update = 0;
  /** Pulses that came after the trace was full. */
  left = 0;
  readonly #most: number;
  readonly #rows: string[] = [];

  /** @param most  rows that are kept, the first ones */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Takes note of every pulse of an array from now on.
   *
   * @param layer  named in its rows
   * @param columns  cells of a row of the array
   * @param firstRow  and `firstColumn`: place of the array in its layer
   */
  follow(array: SynapseArray, layer: string, columns: number, firstRow = 0, firstColumn = 0): void {
    const name = /[",\n]/.test(layer) ? `"${layer.replaceAll('"', '""')}"` : layer;
    array.watch = ({ cell, device, side, sign }) => {
      if (this.#rows.length >= this.#most) {
        this.left++;
        return;
      }
      const [row, column] = [firstRow + Math.floor(cell / columns), firstColumn + (cell % columns)];
      this.#rows.push(`${this.update},${name},${row},${column},${side},${device},${sign}`);
    };
  }

  /** Header and rows. */
  csv(): string {
    return `${[pulseTraceHeader, ...this.#rows].join("\n")}\n`;
  }
}
