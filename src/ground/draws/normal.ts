import type { Engine } from "../kernels/index.ts";
import type { Draw } from "./draw.ts";
import { philox4x32 } from "./philox.ts";

/** Samples that share one generator state; sample n of an event belongs to block n >>> 9. */
export const samplesPerBlock = 512;

/**
 * Standard normal numbers.
 *
 * Block n >>> 9 of an event is four xoshiro128+ generators, generator l seeded with Philox(counter = (block, event's low
 * word, event's high word, l), key = draw.key). Each pair of their outputs (a, b) gives two samples by Box and Muller on the half
 * circle: radius sqrt(-2 ln f), f = (a's upper 31 bits) 2^-31; sine and cosine of pi y / 2, y in [-1, 1) from b's lower 31 bits;
 * b's top bit is the cosine's sign. Eight samples in a row are four sines, then four cosines.
 *
 * @param event what the samples are for, a whole number of 0 .. 2^53 - 1
 * @param out receives samples 0 .. count - 1 of the event
 * @source Blackman & Vigna, ACM Trans. Math. Softw. 47, 36 (2021), doi:10.1145/3460772
 */
export function fillNormal(engine: Engine, draw: Draw, event: number, out: Float32Array, count = out.length): void {
  if (!engine.kernels) {
    fillNormalPlain(draw, event, out, count);
    return;
  }
  if (count > out.length) throw new Error(`asked for ${count} samples in an array of ${out.length}`);
  const [low, high] = wordsOfEvent(event);
  engine.kernels.fillNormal(draw.key[0], draw.key[1], low, high, engine.memory.address(out), count);
}

/** Low and high 32 bits of an event's number. */
export function wordsOfEvent(event: number): [number, number] {
  if (!Number.isSafeInteger(event) || event < 0) throw new Error(`an event's number is ${event}, not a whole number`);
  return [event >>> 0, Math.floor(event / 0x1_0000_0000)];
}

/**
 * Twin of the kernel: the same integers, and samples that agree within 2e-6 of max(1, |sample|).
 *
 * @param firstBlock block of out[0]
 */
export function fillNormalPlain(
  draw: Draw,
  event: number,
  out: Float32Array,
  count = out.length,
  firstBlock = 0,
): void {
  const [low, high] = wordsOfEvent(event);
  const state = new Uint32Array(16);
  for (let n = 0; n < count; n++) {
    const within = n % samplesPerBlock;
    if (within === 0) seedBlock(draw, firstBlock + n / samplesPerBlock, low, high, state);
    if (within % 8 !== 0) continue;
    for (let lane = 0; lane < 4; lane++) {
      const [sine, cosine] = pairOfNormals(nextWord(state, lane), nextWord(state, lane));
      if (n + lane < count) out[n + lane] = sine;
      if (n + 4 + lane < count) out[n + 4 + lane] = cosine;
    }
  }
}

/**
 * 32-bit words, uniform: those that samples of a block are made of, one a sample, four generators in turn.
 *
 * @param event  what they are for, a whole number of 0 .. 2^53 - 1
 * @param out  receives words 0 .. length - 1 of the event, of the engine's memory
 */
export function fillWords(engine: Engine, draw: Draw, event: number, out: Int32Array): void {
  if (!engine.kernels) {
    fillWordsPlain(draw, event, out);
    return;
  }
  const [low, high] = wordsOfEvent(event);
  engine.kernels.fillWords(draw.key[0], draw.key[1], low, high, engine.memory.address(out), out.length);
}

/** Twin of the kernel: the same words. */
export function fillWordsPlain(draw: Draw, event: number, out: Int32Array): void {
  const [low, high] = wordsOfEvent(event);
  const state = new Uint32Array(16);
  for (let n = 0; n < out.length; n++) {
    if (n % samplesPerBlock === 0) seedBlock(draw, n / samplesPerBlock, low, high, state);
    out[n] = nextWord(state, n % 4);
  }
}

/** state[4 w + lane] is word w of generator `lane`. */
function seedBlock(draw: Draw, block: number, low: number, high: number, state: Uint32Array): void {
  for (let lane = 0; lane < 4; lane++) {
    philox4x32([block, low, high, lane], draw.key).forEach((word, w) => {
      state[4 * w + lane] = word;
    });
  }
}

/** One step of xoshiro128+. */
function nextWord(state: Uint32Array, lane: number): number {
  let [s0, s1, s2, s3] = [state[lane]!, state[4 + lane]!, state[8 + lane]!, state[12 + lane]!];
  const result = (s0 + s3) >>> 0;
  const shifted = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= shifted;
  s3 = (s3 << 11) | (s3 >>> 21);
  state[lane] = s0;
  state[4 + lane] = s1;
  state[8 + lane] = s2;
  state[12 + lane] = s3;
  return result;
}

/** A sine and a cosine, as `fillNormal` makes them of two words. */
export function pairOfNormals(a: number, b: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(Math.fround((a >>> 1) | 1) * 2 ** -31));
  const angle = (Math.PI / 2) * Math.fround(b << 1) * 2 ** -31;
  const sign = b >>> 31 === 0 ? 1 : -1;
  return [radius * Math.sin(angle), sign * radius * Math.cos(angle)];
}
