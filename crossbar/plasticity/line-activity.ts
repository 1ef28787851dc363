/** Pulses of lines in one half of an update: that in which pulses make weights grow, or that in which they let them fall. */
export interface LinePulses {
  /** Pulses on each word line, [rows], and on each bit line, [columns]. */
  readonly wordLines: Uint32Array;
  readonly bitLines: Uint32Array;
  /** Times of one pulse each that this half takes, whether a line pulses in them or none. */
  slots: number;
}

/**
 * What drivers and the digital part did for one update.
 *
 * A cell gets a pulse in the slots in which both of its lines pulse. Lines meet in phases of equal signs (word lines of positive inputs with
 * bit lines of positive outputs, and so on), so cells whose sign is the other one never see both of their lines at once.
 */
export interface LineActivity {
  /**
   * Whether both signs are pulses of the same polarity to devices of their own (pairs that are only potentiated): the halves `growing` and
   * `falling` then go on at the same time, on bit lines of their own that cross the same word lines.
   */
  readonly oneSided: boolean;
  readonly growing: LinePulses;
  readonly falling: LinePulses;
  /** Random bits drawn for trains: one a slot for every line whose value is not 0. */
  randomBits: number;
  /** Multiplications with addition. */
  multiplyAdds: number;
  /** Bytes of what the rule keeps digitally, read and as many written. */
  keptBytes: number;
}

/** No activity. */
export function newLineActivity(rows: number, columns: number, oneSided: boolean): LineActivity {
  const pulses = (): LinePulses => ({
    wordLines: new Uint32Array(rows),
    bitLines: new Uint32Array(columns),
    slots: 0,
  });
  return { oneSided, growing: pulses(), falling: pulses(), randomBits: 0, multiplyAdds: 0, keptBytes: 0 };
}

/** Forgets what was counted. */
export function clearActivity(activity: LineActivity): void {
  for (const half of [activity.growing, activity.falling]) {
    half.wordLines.fill(0);
    half.bitLines.fill(0);
    half.slots = 0;
  }
  activity.randomBits = 0;
  activity.multiplyAdds = 0;
  activity.keptBytes = 0;
}

/** How often line drivers made a pulse. Word lines of one-sided pairs serve both halves with the same pulses. */
export function lineDrives({ oneSided, growing, falling }: LineActivity): { wordLines: number; bitLines: number } {
  const words = sumOf(growing.wordLines);
  return {
    wordLines: oneSided ? words : words + sumOf(falling.wordLines),
    bitLines: sumOf(growing.bitLines) + sumOf(falling.bitLines),
  };
}

/** s that an update lasts. @param width  s of a pulse of either half */
export function updateSeconds(activity: LineActivity, width: { growing: number; falling: number }): number {
  const { oneSided, growing, falling } = activity;
  return oneSided ? growing.slots * width.growing : growing.slots * width.growing + falling.slots * width.falling;
}

function sumOf(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
