import type { ConductanceSteps } from "../../crossbar/index.ts";
import { addProgramming, type PreparedDevice, type ProgrammingWork, programmedAtOnce } from "../../devices/index.ts";
import type { TileLayer } from "../layer.ts";
import { withTargets } from "../placed-tile.ts";
import { writeByPulses } from "./write-by-pulses.ts";

/**
 * Brings the first weights onto the devices: by the device's write and verify, or, where no scheme is known, by the pulses they learn with.
 *
 * @param device  one of those of a cell
 * @returns what it took; the seconds are those of the slowest tile, which the others wait for
 */
export function writeFirstWeights(
  layer: TileLayer,
  { writeVerify, operation }: PreparedDevice,
  steps: ConductanceSteps,
): ProgrammingWork | null {
  if (writeVerify) return layer.program(0);
  const { engine, product, options, placed } = layer;
  const works: ProgrammingWork[] = [];
  for (const each of placed) {
    const { positive, negative } = each.tile.array;
    withTargets(engine, product, options, each, (wanted, against) => {
      const first = writeByPulses(positive, operation, steps, wanted);
      negative.elapse(first.seconds);
      const second = writeByPulses(negative, operation, steps, against);
      positive.elapse(second.seconds);
      works.push(addProgramming(first, second));
    });
  }
  const all = programmedAtOnce(works)!;
  for (const [k, { tile }] of placed.entries()) tile.array.elapse(all.seconds - works[k]!.seconds);
  return all;
}
