import type { LineActivity, LinePulses } from "./line-activity.ts";

/**
 * What lines do where whole counts are applied a row at a time: the row's word line pulses as often as its cell with most pulses, and each bit
 * line in as many of those slots as its cell gets. Pulses of either sign follow each other; of pairs that are only potentiated they go
 * on at once.
 *
 * @param counts  [rows][columns]
 */
export function pulseRowByRow(counts: Int16Array, activity: LineActivity): void {
  const { growing, falling, oneSided } = activity;
  const columns = growing.bitLines.length;
  for (let r = 0, i = 0; r < growing.wordLines.length; r++) {
    let [most, least] = [0, 0];
    for (let c = 0; c < columns; c++, i++) {
      const count = counts[i]!;
      if (count > 0) growing.bitLines[c]! += count;
      else falling.bitLines[c]! -= count;
      if (count > most) most = count;
      if (count < least) least = count;
    }
    const together = Math.max(most, -least);
    drive(growing, r, oneSided ? together : most);
    drive(falling, r, oneSided ? together : -least);
  }
}

function drive(pulses: LinePulses, row: number, slots: number): void {
  pulses.wordLines[row]! += slots;
  pulses.slots += slots;
}
