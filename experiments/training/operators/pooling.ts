import { type DigitalStep, sizeOfShape } from "../step.ts";

/** Geometry of a pooling node, one entry for each spatial axis. */
export interface PoolGeometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and after each axis; null where they are computed so that the output is the input over the stride, rounded up. */
  readonly pads: { readonly before: readonly number[]; readonly after: readonly number[] } | null;
  /** Where computed pads are odd, whether the larger half comes last. */
  readonly upper: boolean;
  /** AveragePool: whether padding counts as zeros. */
  readonly countsPads: boolean;
}

/**
 * The largest number, or the mean, of every window of each channel. Where two numbers of a window are equally large, the gradient goes to the
 * first of them.
 *
 * @param shape  of one image: [channels, spatial axes...]
 * @returns null where the window is larger than what it slides over
 */
export function poolStep(
  operator: "MaxPool" | "AveragePool",
  name: string,
  reads: string,
  shape: readonly number[],
  geometry: PoolGeometry,
): DigitalStep | null {
  const [channels, ...spatial] = shape as [number, ...number[]];
  const axes = spatial.map((length, axis) => axisOf(length, axis, geometry));
  if (axes.some(({ outputs }) => outputs < 1)) return null;
  const { taps, starts, counts } = windowsOf(spatial, axes, geometry.countsPads);
  const [plane, positions] = [sizeOfShape(spatial), counts.length];
  const planes = (images: number): number => images * channels;
  const output = [channels, ...axes.map(({ outputs }) => outputs)];
  const work = channels * taps.length;
  const common = { kind: "digital", name, operator, reads: [reads], shape: output } as const;

  if (operator === "AveragePool") {
    return {
      ...common,
      operations: { forward: work + channels * positions, backward: work + channels * positions },
      forward([x], images) {
        const y = new Float32Array(planes(images) * positions);
        for (let p = 0; p < planes(images); p++) {
          for (let at = 0; at < positions; at++) {
            let sum = 0;
            for (let tap = starts[at]!; tap < starts[at + 1]!; tap++) sum += x![p * plane + taps[tap]!]!;
            y[p * positions + at] = sum / counts[at]!;
          }
        }
        return y;
      },
      backward(_, _y, gradient, images, [into]) {
        if (!into) return;
        for (let p = 0; p < planes(images); p++) {
          for (let at = 0; at < positions; at++) {
            const share = gradient[p * positions + at]! / counts[at]!;
            for (let tap = starts[at]!; tap < starts[at + 1]!; tap++) into[p * plane + taps[tap]!]! += share;
          }
        }
      },
    };
  }
  return {
    ...common,
    operations: { forward: work, backward: channels * positions },
    forward([x], images) {
      const y = new Float32Array(planes(images) * positions);
      for (let p = 0; p < planes(images); p++) {
        for (let at = 0; at < positions; at++) {
          let largest = Number.NEGATIVE_INFINITY;
          for (let tap = starts[at]!; tap < starts[at + 1]!; tap++)
            largest = Math.max(largest, x![p * plane + taps[tap]!]!);
          y[p * positions + at] = largest;
        }
      }
      return y;
    },
    backward([x], y, gradient, images, [into]) {
      if (!into) return;
      for (let p = 0; p < planes(images); p++) {
        for (let at = 0; at < positions; at++) {
          const largest = y[p * positions + at]!;
          for (let tap = starts[at]!; tap < starts[at + 1]!; tap++) {
            const from = p * plane + taps[tap]!;
            if (x![from] !== largest) continue;
            into[from]! += gradient[p * positions + at]!;
            break;
          }
        }
      }
    },
  };
}

interface Axis {
  readonly outputs: number;
  readonly before: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

function axisOf(length: number, axis: number, geometry: PoolGeometry): Axis {
  const [kernel, stride, dilation] = [geometry.kernel[axis]!, geometry.strides[axis]!, geometry.dilations[axis]!];
  const reach = (kernel - 1) * dilation + 1;
  const same = Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length);
  const before = geometry.pads
    ? geometry.pads.before[axis]!
    : geometry.upper
      ? Math.floor(same / 2)
      : Math.ceil(same / 2);
  const padded = geometry.pads ? length + before + geometry.pads.after[axis]! : length + same;
  return { outputs: Math.floor((padded - reach) / stride) + 1, before, kernel, stride, dilation };
}

interface Windows {
  /** Places in a channel that windows see, window after window; window n has those from starts[n] to starts[n + 1]. */
  readonly taps: Int32Array;
  readonly starts: Int32Array;
  /** What a window's sum is divided by. */
  readonly counts: Int32Array;
}

function windowsOf(spatial: readonly number[], axes: readonly Axis[], countsPads: boolean): Windows {
  const outputs = axes.map((axis) => axis.outputs);
  const taps: number[] = [];
  const starts = [0];
  const counts: number[] = [];
  const each = (lengths: readonly number[], see: (point: readonly number[]) => void): void => {
    const point = lengths.map(() => 0);
    for (let left = sizeOfShape(lengths); left > 0; left--) {
      see(point);
      for (let axis = point.length - 1; axis >= 0; axis--) {
        point[axis]!++;
        if (point[axis]! < lengths[axis]!) break;
        point[axis] = 0;
      }
    }
  };
  const kernel = axes.map((axis) => axis.kernel);
  each(outputs, (position) => {
    each(kernel, (tap) => {
      let place = 0;
      for (const [axis, { stride, dilation, before }] of axes.entries()) {
        const at = position[axis]! * stride + tap[axis]! * dilation - before;
        if (at < 0 || at >= spatial[axis]!) return;
        place = place * spatial[axis]! + at;
      }
      taps.push(place);
    });
    counts.push(countsPads ? sizeOfShape(kernel) : Math.max(1, taps.length - starts.at(-1)!));
    starts.push(taps.length);
  });
  return { taps: Int32Array.from(taps), starts: Int32Array.from(starts), counts: Int32Array.from(counts) };
}
