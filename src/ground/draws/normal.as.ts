import { cosineOfHalfTurns, normalAngle, normalRadius, sineOfHalfTurns, withSigns } from "../kernels/mathematics.as";
import { philoxLane } from "./philox.as";

/** Four generators' seeds: word w of generator l at 4 (4 w + l). */
const seeds = memory.data(64, 16);
/** The last group of eight where fewer are wanted. */
const group = memory.data(32, 16);
/** The last block of words where fewer are wanted. */
const lastWords = memory.data(2048, 16);

/** The first `count` <= 512 normals of one block. */
export function fillBlock(key0: u32, key1: u32, block: u32, low: u32, high: u32, out: usize, count: i32): void {
  for (let generator: u32 = 0; generator < 4; generator++) philoxLane(seeds + (<usize>generator << 2), block, low, high, generator, key0, key1);
  let s0 = v128.load(seeds);
  let s1 = v128.load(seeds, 16);
  let s2 = v128.load(seeds, 32);
  let s3 = v128.load(seeds, 48);
  let remaining = count;
  while (remaining > 0) {
    const a = i32x4.add(s0, s3);
    let shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));

    const b = i32x4.add(s0, s3);
    shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));

    const radius = normalRadius(a);
    const y = normalAngle(b);
    const square = f32x4.mul(y, y);
    const target = remaining >= 8 ? out : group;
    v128.store(target, f32x4.mul(radius, sineOfHalfTurns(y, square)));
    v128.store(target, withSigns(f32x4.mul(radius, cosineOfHalfTurns(square)), b), 16);
    out += 32;
    remaining -= 8;
  }
  if (remaining < 0) memory.copy(out - 32, group, <usize>(remaining + 8) << 2);
}

/** `count` rounded up to whole fours of random words, for one block. */
export function fillWordBlock(key0: u32, key1: u32, block: u32, low: u32, high: u32, out: usize, count: i32): void {
  for (let generator: u32 = 0; generator < 4; generator++) philoxLane(seeds + (<usize>generator << 2), block, low, high, generator, key0, key1);
  let s0 = v128.load(seeds);
  let s1 = v128.load(seeds, 16);
  let s2 = v128.load(seeds, 32);
  let s3 = v128.load(seeds, 48);
  for (let i = 0; i < count; i += 4) {
    v128.store(out + (<usize>i << 2), i32x4.add(s0, s3));
    const shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
  }
}

export function fillNormal(key0: u32, key1: u32, low: u32, high: u32, out: usize, count: i32): void {
  let block: u32 = 0;
  for (let start = 0; start < count; start += 512) {
    fillBlock(key0, key1, block, low, high, out + (<usize>start << 2), min(512, count - start));
    block++;
  }
}

export function fillWords(key0: u32, key1: u32, low: u32, high: u32, out: usize, count: i32): void {
  let block: u32 = 0;
  for (let start = 0; start < count; start += 512) {
    const some = min(512, count - start);
    const target = out + (<usize>start << 2);
    fillWordBlock(key0, key1, block, low, high, some == 512 ? target : lastWords, some);
    if (some < 512) memory.copy(target, lastWords, <usize>some << 2);
    block++;
  }
}
