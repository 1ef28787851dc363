import { philox4x32, type Words } from "./philox.ts";

/**
 * Reproducible randomness with an address: the same draw, event and sample index give the same number, whoever asks
 * first and on whatever thread.
 */
export interface Draw {
  readonly key: readonly [number, number];
}

// The fourth counter word of samples is 0 .. 3; these keep the derivation of keys apart from them.
const numberMark = 0xc0000000;
const textMark = 0x80000000;

/** The root of all randomness of a run. @param seed a finite number */
export function drawOf(seed: number): Draw {
  return at({ key: [0, 0] }, "seed", seed);
}

/**
 * The draw for one purpose or place below another: `at(draw, "programming", layer, tile)`.
 *
 * @param places words and finite numbers (not only integers: a time is a place too); 1 and "1" are different places
 */
export function at(draw: Draw, ...places: readonly (string | number)[]): Draw {
  let key = draw.key;
  for (const place of places) {
    for (const counter of typeof place === "number" ? countersOfNumber(place) : countersOfText(place)) {
      const words = philox4x32(counter, key);
      key = [words[0], words[1]];
    }
  }
  return { key };
}

function countersOfNumber(place: number): Words[] {
  if (!Number.isFinite(place)) throw new Error(`a draw cannot be placed at ${place}`);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, place + 0, true); // + 0 makes -0 the same place as 0
  return [[bits.getUint32(0, true), bits.getUint32(4, true), 0, numberMark]];
}

/** The length goes first, so no text's words begin another's. */
function countersOfText(place: string): Words[] {
  const words = [place.length];
  for (let i = 0; i < place.length; i += 2) {
    const second = i + 1 < place.length ? place.charCodeAt(i + 1) : 0;
    words.push(((second << 16) | place.charCodeAt(i)) >>> 0);
  }
  const counters: Words[] = [];
  for (let i = 0; i < words.length; i += 3) {
    counters.push([words[i]!, words[i + 1] ?? 0, words[i + 2] ?? 0, (textMark | (i / 3)) >>> 0]);
  }
  return counters;
}
