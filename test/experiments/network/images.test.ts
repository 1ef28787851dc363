import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkImages } from "../../../experiments/network/check-images.ts";
import { type ImageData, imageBatch } from "../../../experiments/network/images.ts";
import type { Network } from "../../../experiments/network/partition.ts";
import { InputError } from "../../../src/ground/errors.ts";

const network = (...shape: number[]) => ({ inputs: [{ name: "x", shape }], classes: 10 }) as unknown as Network;

function images(shape: readonly number[], more: Partial<ImageData> = {}): ImageData {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Uint8Array.from({ length: 3 * size }, (_, i) => (37 * i) % 256);
  return { values, labels: Int32Array.of(0, 1, 2), size, shapes: [shape], scale: [1], shift: [0], ...more };
}

describe("images as the network sees them", () => {
  // Written from the definition, one value at a time: x = value * scale[c] + shift[c], c the part of the image it lies in.
  it("are scaled and shifted channel by channel, wherever the batch begins", () => {
    const number = fc.double({ min: -4, max: 4, noNaN: true });
    const list = (channels: number) => fc.array(number, { minLength: channels, maxLength: channels });
    const lists = fc.constantFrom(2, 3, 4).chain((channels) =>
      fc.record({
        shape: fc.constant([channels, 2, 3]),
        scale: fc.oneof(list(channels), list(1)),
        shift: fc.oneof(list(channels), list(1)),
      }),
    );
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 2 }), ({ shape, scale, shift }, first) => {
        const data = images(shape, { scale, shift });
        const width = data.size / shape[0]!;
        const wanted = Array.from(data.values.subarray(first * data.size), (value, i) => {
          const channel = Math.floor((i % data.size) / width);
          return Math.fround(value * (scale[channel] ?? scale[0]!) + (shift[channel] ?? shift[0]!));
        });
        expect([...imageBatch(data, first, 3 - first)]).toEqual(wanted);
      }),
      { seed: 3 },
    );
  });

  it("may have one number or one a channel, of the network's input or of the file where that is a row", () => {
    const three = images([3, 2, 2], { scale: [1, 2, 3], shift: [0, 1, 2] });
    expect(() => checkImages("d", network(3, 2, 2), three)).not.toThrow();
    expect(() => checkImages("d", network(12), three)).not.toThrow();
    expect(() => checkImages("d", network(3, 2, 2), images([12], { scale: [1, 2, 3] }))).not.toThrow();
  });

  it.each([
    [
      network(3, 2, 2),
      images([3, 2, 2], { scale: [1, 2] }),
      "--input-scale: 2 numbers, expected one number, or 3: one a channel of [3, 2, 2]",
    ],
    [network(3, 2, 2), images([12], { shift: [1, 2, 3, 4] }), "--input-shift: 4 numbers, expected one number, or 3"],
    [network(12), images([12], { scale: [1, 2, 3] }), "--input-scale: 3 numbers, expected one number"],
    [network(1, 3, 4), images([3, 4], { scale: [1, 2, 3] }), "--input-scale: 3 numbers, expected one number"],
    [
      network(3, 4, 4),
      images([4, 4, 3]),
      'd: images of 4 x 4 x 3, expected axes in the order of the network\'s input "x" [3, 4, 4]',
    ],
    [network(3, 4, 4), images([4, 4]), 'd: images of 16 values, expected 48 for the network\'s input "x" [3, 4, 4]'],
    [network(4), images([4], { labels: Int32Array.of(0, 10, 1) }), "d:label 1: 10, expected 0 to 9"],
  ])("are refused where they are not the network's: %#", (wanted, data, message) => {
    expect(() => checkImages("d", wanted, data)).toThrow(InputError);
    expect(() => checkImages("d", wanted, data)).toThrow(message);
  });

  it("have one number for all of several inputs", () => {
    const inputs = ["x", "y"].map((name) => ({ name, shape: [3, 2] }));
    const two = { inputs, classes: 10 } as unknown as Network;
    const data = {
      ...images([12]),
      shapes: [
        [3, 2],
        [3, 2],
      ],
    };
    expect(() => checkImages("d", two, data)).not.toThrow();
    expect(() => checkImages("d", two, { ...data, scale: [1, 2, 3] })).toThrow(
      "--input-scale: 3 numbers, expected one number for all of several inputs",
    );
  });

  it("may lack axes of length one, or have no axes at all", () => {
    expect(() => checkImages("d", network(1, 4, 4), images([4, 4]))).not.toThrow();
    expect(() => checkImages("d", network(3, 4, 4), images([48]))).not.toThrow();
  });
});
