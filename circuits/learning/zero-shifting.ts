import { symmetryPoint } from "../../crossbar/index.ts";
import {
  addProgramming,
  type PreparedDevice,
  type ProgrammingWork,
  programmedAtOnce,
  writeVerify,
} from "../../devices/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { PlacedTile } from "../placed-tile.ts";
import type { Arrangement } from "../synapses/index.ts";

/** Share of the alternating pulses, the last ones, over which the symmetry point is averaged: by then cells have come there. */
const averaged = 0.1;

/**
 * Brings devices of tiles to their symmetry points by alternating pulses, and programs fixed references to be the same, so that a weight of 0
 * is where noise leaves it. Pairs that are pulsed oppositely stay where their symmetry points are apart. All cells are pulsed at the same time;
 * while references are programmed, one cell after another, the others wait, and tiles wait for the slowest.
 *
 * @param device  one of those of a cell, and `devices` how many a cell has
 * @param pairs  of alternating pulses
 * @param step  S that one potentiating pulse of a device adds: so near the reference is brought to the symmetry point
 * @returns what that took; the seconds are those of the slowest tile
 * @throws where devices have no pulses of both signs, or the pair uses only one
 * @source Kim et al., arXiv:1907.10228 (2019)
 */
export function zeroShift(
  tiles: readonly PlacedTile[],
  arrangement: Arrangement,
  device: PreparedDevice,
  devices: number,
  pairs: number,
  step: number,
): ProgrammingWork {
  if (arrangement === "differential") {
    throw new InputError(
      "symmetry points: pairs that are only potentiated have none; expected arrangement single or push-pull",
    );
  }
  const { writeVerify: scheme } = device;
  if (!scheme) throw new InputError("symmetry points: this device model has no write and verify to set references by");
  const last = Math.ceil(averaged * pairs);
  const span = devices * (device.targetRange - device.targetLow);
  const tolerance = Math.min(scheme.tolerance, step / span);
  const { potentiate, depress } = device.operation;
  const seconds = pairs * ((potentiate?.width ?? 0) + (depress?.width ?? 0));
  const works = tiles.map(({ tile }) => {
    const { positive, negative } = tile.array;
    const { work, conductance } = symmetryPoint(positive, device.operation, pairs, last);
    const other = arrangement === "push-pull" ? symmetryPoint(negative, device.operation, pairs, last).work : null;
    const pulses = 2 * pairs * devices * conductance.length * (other === null ? 1 : 2);
    const shift = { ...nothing, pulses, pulseWork: work + (other ?? 0), seconds };
    if (other !== null) return shift;
    negative.elapse(seconds);
    const written = writeVerify(negative, { ...scheme, tolerance }, conductance, span, 1);
    positive.elapse(written.seconds);
    return addProgramming(shift, written);
  });
  const all = programmedAtOnce(works)!;
  for (const [k, { tile }] of tiles.entries()) tile.array.elapse(all.seconds - works[k]!.seconds);
  return all;
}

const nothing: ProgrammingWork = { cells: 0, pulses: 0, reads: 0, pulseWork: 0, readWork: 0, seconds: 0, missed: 0 };
