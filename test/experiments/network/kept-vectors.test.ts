import { describe, expect, it } from "vitest";
import { KeptVectors } from "../../../experiments/network/kept-vectors.ts";

/** Gives all groups' vectors, [group][vector][row], at most `chunk` in one call. */
function feed(kept: KeptVectors, x: Float32Array, vectors: number, groups: number, chunk = vectors): void {
  const rows = x.length / vectors / groups;
  kept.expect(vectors);
  for (let group = 0; group < groups; group++) {
    for (let first = 0; first < vectors; first += chunk) {
      const count = Math.min(chunk, vectors - first);
      const from = (group * vectors + first) * rows;
      kept.add(group, first, count, x.subarray(from, from + count * rows));
    }
  }
}

/** A stream of images with so many receptive fields each: a vector holds its image and its position. */
function streamed(images: number, positions: number, batch: number, capacity: number, chunk = 1024): KeptVectors {
  const kept = new KeptVectors(1, 2, capacity);
  for (let first = 0; first < images; first += batch) {
    const x: number[] = [];
    for (let image = first; image < first + batch; image++) {
      for (let position = 0; position < positions; position++) x.push(image, position);
    }
    feed(kept, Float32Array.from(x), batch * positions, 1, chunk);
  }
  return kept;
}

/** How many of the vectors lie in each eighth. */
function eighths(values: number[], end: number): number[] {
  const counts = Array(8).fill(0);
  for (const value of values) counts[Math.floor((8 * value) / end)]++;
  return counts;
}

describe("vectors kept of a stream", () => {
  // 64 of 512 images x positions: 8 an eighth where spread evenly. A random choice would stray by sqrt(8 x 7/8) = 2.6; the
  // bound is 5 either side. Every 512 x positions / 64-th vector is one position: 64 in one eighth.
  it.each([784, 1024, 400, 256, 196, 100, 16, 8])("come from all images and all of %d positions", (positions) => {
    const kept = streamed(512, positions, 64, 8192).values(64);
    const [images, places] = [0, 1].map((part) => Array.from({ length: 64 }, (_, v) => kept[2 * v + part]!));
    for (const count of [...eighths(images!, 512), ...eighths(places!, positions)]) {
      expect(count).toBeGreaterThanOrEqual(3);
      expect(count).toBeLessThanOrEqual(13);
    }
  });

  it("are the same however the stream is cut, fill at least half the room, and stand as they came", () => {
    const whole = streamed(64, 784, 64, 4096);
    expect(whole.count).toBeGreaterThanOrEqual(2048);
    expect(whole.count).toBeLessThanOrEqual(4096);
    const all = whole.values(whole.count);
    expect(streamed(64, 784, 4, 4096, 100).values(whole.count)).toEqual(all);
    const numbers = Array.from({ length: whole.count }, (_, v) => 784 * all[2 * v]! + all[2 * v + 1]!);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it("are all of a short stream, groups apart", () => {
    const kept = new KeptVectors(2, 1, 8);
    feed(kept, Float32Array.of(1, 2, 3, -1, -2, -3), 3, 2);
    feed(kept, Float32Array.of(4, -4), 1, 2);
    expect(kept.values(4)).toEqual(Float32Array.of(1, 2, 3, 4, -1, -2, -3, -4));
    expect(kept.values(0)).toHaveLength(0);
  });
});
