import type { EventSink } from "../../src/ground/events.ts";
import { driveInputs } from "../drive.ts";
import { bytesOf, type TileLayer } from "../layer.ts";
import { vectorsPerRead } from "../line-product.ts";
import { passesOf, productTime } from "../tile-spec.ts";

/** Room for the numbers of a reading's parts, so that no two share a draw. */
const chunksPerReading = 2 ** 16;

/**
 * e = d W^T as the tiles give it, read from the bit lines, in the reading that is held.
 *
 * @param layer  one group, one scale for all weights
 * @param d  [vectors][columns], in units of the input converter's full scale
 * @param siemens  per unit of weight
 * @param call  number of the first 1024 vectors within the reading: part of the address of what is fresh
 * @param sink  receives what happened; null where it is not counted
 * @returns [vectors][rows]
 */
export function transposedProduct(
  layer: TileLayer,
  d: Float32Array,
  vectors: number,
  siemens: number,
  call: number,
  sink: EventSink | null,
): Float32Array {
  const { engine, spec, rows, columns, options, name } = layer;
  const { memory } = engine;
  const out = new Float32Array(vectors * rows);
  const chunks = Math.ceil(vectors / vectorsPerRead);
  if (call + chunks > chunksPerReading)
    throw new Error(`${name}: more than ${chunksPerReading} transposed reads of one reading`);
  const { parts } = layer.placed[0]!.tile;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const first = chunk * vectorsPerRead;
    const count = Math.min(vectorsPerRead, vectors - first);
    const mark = memory.mark();
    const values = memory.float32(count * rows).fill(0);
    const x = memory.float32(count * columns);
    x.set(d.subarray(first * columns, (first + count) * columns));
    for (const { tile, rows: ownRows, columns: ownColumns } of layer.placed) {
      const before = memory.mark();
      const part = x.subarray(ownColumns[0]);
      const driven = driveInputs(engine, spec, parts, part, count, tile.columns, columns, 1, sink !== null);
      const scale = memory.float32(tile.rows).fill(1 / siemens);
      tile.multiplyTransposed(driven.inputs, call + chunk, scale, values, rows, ownRows[0]);
      if (sink) {
        let volts = 0;
        for (let j = 0; j < tile.columns; j++) volts += driven.activity[j]! * tile.pairConductance[j]!;
        const cells = 2 * options.device.devicesPerCell * count * tile.rows * tile.columns;
        sink({ operation: "cellRead", place: name, count: cells, work: spec.voltage ** 2 * spec.time * volts });
      }
      memory.release(before);
    }
    out.set(values, first * rows);
    memory.release(mark);
  }
  if (sink) reportTransposed(layer, vectors, sink);
  return out;
}

/** s of one vector read from the bit lines: all tiles at the same time, so that the tallest sets the conversions. */
export function transposedTime({ spec, placed }: TileLayer): { integration: number; conversion: number } {
  return productTime(spec, Math.max(...placed.map(({ tile }) => tile.rows)));
}

/** What reading so many vectors takes beside the cells' own work: a driver on each bit line of a pair, a converter on each word line. */
function reportTransposed(layer: TileLayer, vectors: number, sink: EventSink): void {
  const { spec, placed, name: place, rows, columns } = layer;
  const pairs = placed.reduce((sum, { tile }) => sum + tile.columns, 0);
  const lines = placed.reduce((sum, { tile }) => sum + tile.rows, 0);
  const conversions = vectors * passesOf(spec).length * lines;
  const { integration, conversion } = transposedTime(layer);
  sink({ operation: "cellRead", place, count: 0, duration: vectors * integration });
  if (spec.inputLevels > 0) sink({ operation: "inputConversion", place, count: vectors * pairs * spec.phases });
  sink({ operation: "bitLineDrive", place, count: 2 * vectors * pairs * spec.phases });
  if (spec.outputLevels > 0) {
    sink({ operation: "outputConversion", place, count: conversions, duration: vectors * conversion });
  }
  sink({ operation: "accumulate", place, count: conversions });
  sink({ operation: "bufferRead", place, count: vectors * columns * bytesOf(spec.inputLevels) });
  sink({ operation: "bufferWrite", place, count: vectors * rows * bytesOf(spec.outputLevels) });
}
