/** A straight piece of a sweep; what does not continue begins a pulse of its own. */
export interface SweepPiece {
  /** V. */
  readonly voltage: number;
  readonly endVoltage: number;
  /** s. */
  readonly duration: number;
  readonly continues: boolean;
}

/** What leads to one sample of a sweep. */
export interface SweepSample {
  /** V at the sample. */
  readonly voltage: number;
  /** s since the sweep's start. */
  readonly time: number;
  readonly pieces: readonly SweepPiece[];
}

/**
 * A path of straight lines cut into evenly spaced samples, both ends among them. Each time it leaves 0 V, a pulse of its own begins: the two
 * halves of a loop are two switchings.
 *
 * @param corners  V, in turn
 * @param rate  V/s
 */
export function* stretchesOf(corners: readonly number[], rate: number, samples: number): Generator<SweepSample> {
  const turns = withZeros(corners);
  const length = turns.at(-1)!.at;
  let leg = 0;
  let place = { at: 0, voltage: turns[0]!.voltage };
  let continues = false;
  yield { voltage: place.voltage, time: 0, pieces: [] };
  for (let n = 1; n < samples; n++) {
    const goal = n === samples - 1 ? length : (n / (samples - 1)) * length;
    const pieces: SweepPiece[] = [];
    while (place.at < goal) {
      const end = turns[leg + 1]!;
      const next = end.at <= goal ? end : { at: goal, voltage: between(turns[leg]!, end, goal) };
      const duration = (next.at - place.at) / rate;
      if (duration > 0) pieces.push({ voltage: place.voltage, endVoltage: next.voltage, duration, continues });
      continues = next.voltage !== 0;
      place = next;
      if (next === end) leg++;
    }
    yield { voltage: place.voltage, time: goal / rate, pieces };
  }
}

interface Turn {
  /** V that the path has gone through. */
  readonly at: number;
  readonly voltage: number;
}

/** Corners with the places between them where the voltage passes through 0. */
function withZeros(corners: readonly number[]): Turn[] {
  const turns: Turn[] = [{ at: 0, voltage: corners[0]! }];
  for (const corner of corners.slice(1)) {
    const { at, voltage } = turns.at(-1)!;
    if (corner === voltage) continue;
    if (corner * voltage < 0) turns.push({ at: at + Math.abs(voltage), voltage: 0 });
    turns.push({ at: at + Math.abs(corner - voltage), voltage: corner });
  }
  return turns;
}

function between(from: Turn, to: Turn, at: number): number {
  return from.voltage + ((to.voltage - from.voltage) * (at - from.at)) / (to.at - from.at);
}
