import type { Engine } from "../../src/ground/kernels/index.ts";

/** Where the receptive fields of a convolution lie. In a padded image a field is the same pattern everywhere. */
export interface ReceptiveFields {
  /** Channels of one group, and numbers of one in the image and in the padded one. */
  readonly channels: number;
  readonly plane: number;
  readonly framePlane: number;
  /** Place of each line (along the last axis) of a channel in the padded one. */
  readonly lines: Int32Array;
  /** Place of the first tap of every output position. */
  readonly origins: Int32Array;
  /** The taps, channel by channel, as runs of neighbours: place of each run's first, counted from the first tap. */
  readonly runs: Int32Array;
  readonly runLength: number;
}

/** Floats that a kernel may touch behind an array. */
const kernelOverrun = 3;

/**
 * Lays out the fields of one image's positions first .. first + count - 1, [position][channel, tap].
 *
 * @param engine  whose memory `target` lies in; null: the twin
 * @param image  one group's channels, [channel][plane]
 */
export function layFields(
  engine: Engine | null,
  fields: ReceptiveFields,
  image: Float32Array,
  first: number,
  count: number,
  target: Float32Array,
): void {
  const { channels, plane, framePlane, lines, runs, runLength } = fields;
  const bytes = 4 * (channels * (plane + framePlane) + runs.length * runLength + lines.length + runs.length + count);
  // Where memory is short the twin does the same.
  if (!engine?.kernels || engine.memory.left < bytes + 4096) {
    layFieldsPlain(fields, image, first, count, target);
    return;
  }
  const { memory, kernels } = engine;
  const mark = memory.mark();
  const kept = (values: Int32Array): number => {
    const copy = memory.int32(values.length);
    copy.set(values);
    return memory.address(copy);
  };
  let frame = memory.float32(channels * plane + kernelOverrun);
  frame.set(image);
  if (framePlane !== plane) {
    const padded = memory.float32(channels * framePlane + kernelOverrun);
    kernels.padChannels(
      memory.address(frame),
      channels,
      kept(lines),
      lines.length,
      plane / lines.length,
      framePlane,
      memory.address(padded),
    );
    frame = padded;
  }
  const lay = (from: number, positions: number, to: Float32Array): void =>
    kernels.layFields(
      memory.address(frame),
      kept(fields.origins.subarray(from, from + positions)),
      positions,
      kept(runs),
      runs.length,
      runLength,
      memory.address(to),
    );
  // The last field goes where there is room behind it.
  const rows = runs.length * runLength;
  const last = memory.float32(rows + kernelOverrun);
  lay(first, count - 1, target);
  lay(first + count - 1, 1, last);
  target.set(last.subarray(0, rows), (count - 1) * rows);
  memory.release(mark);
}

/** Twin of the kernel: the same numbers. */
export function layFieldsPlain(
  { channels, plane, framePlane, lines, origins, runs, runLength }: ReceptiveFields,
  image: Float32Array,
  first: number,
  count: number,
  target: Float32Array,
): void {
  let frame = image;
  if (framePlane !== plane) {
    frame = new Float32Array(channels * framePlane);
    const length = plane / lines.length;
    for (let channel = 0, from = 0; channel < channels; channel++) {
      for (const line of lines) {
        for (let to = channel * framePlane + line, end = to + length; to < end; to++) frame[to] = image[from++]!;
      }
    }
  }
  let to = 0;
  for (let position = first; position < first + count; position++) {
    const origin = origins[position]!;
    for (let run = 0; run < runs.length; run++) {
      for (let from = origin + runs[run]!, end = from + runLength; from < end; from++) target[to++] = frame[from]!;
    }
  }
}
