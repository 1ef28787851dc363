import { InputError } from "../../src/ground/errors.ts";

/**
 * Third factor from rewards: the reward less what was expected, expected <- expected + share (reward - expected). A reward that comes every
 * time stops teaching.
 *
 * @source Fremaux & Gerstner, Front. Neural Circuits 9, 85 (2016), doi:10.3389/fncir.2015.00085
 */
export class RewardPrediction {
  /** Running mean of rewards. */
  expected = 0;
  readonly #share: number;

  /** @param share  of an error that each reward takes off it, 0 .. 1; 0: nothing is expected ever */
  constructor(share: number) {
    if (!(share >= 0 && share <= 1)) throw new InputError(`reward: share is ${share}, expected a number from 0 to 1`);
    this.#share = share;
  }

  /** By how much a reward differs from what was expected. */
  error(reward: number): number {
    const error = reward - this.expected;
    this.expected += this.#share * error;
    return error;
  }
}
