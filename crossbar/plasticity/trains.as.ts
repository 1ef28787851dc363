import { philoxLane } from "../../src/ground/draws/philox.as";

// The fourth counter word of trains.
// @ts-ignore: decorator
@inline
const trainMark: u32 = 0x10000000;

const words = memory.data(64, 16);

/** Trains of lines; `probabilities` in units of 2^-32, `slots` the bits of a train. trains.ts says how. */
export function drawTrains(
  key0: u32, key1: u32, low: u32, high: u32, probabilities: usize, slots: u32, trains: usize, count: i32,
): void {
  for (let line = 0; line < count; line++) {
    let rest = load<u32>(probabilities + (<usize>line << 2));
    let undecided = slots;
    let pulses: u32 = 0;
    for (let block: u32 = 0; rest != 0 && undecided != 0; block++) {
      philoxLane(words, line, low, high, trainMark + block, key0, key1);
      for (let digit: usize = 0; digit < 64 && rest != 0; digit += 16) {
        const digits = load<u32>(words + digit);
        if (<i32>rest < 0) {
          pulses |= undecided & ~digits;
          undecided &= digits;
        } else {
          undecided &= ~digits;
        }
        rest <<= 1;
      }
    }
    store<u32>(trains + (<usize>line << 2), pulses);
  }
}
