import type { BulkLaw, Stretch } from "../population/index.ts";
import { type PulseStep, stepDevices } from "./pulse.ts";
import { trainPulses } from "./train.ts";

interface PulseLaw {
  readonly up: PulseStep;
  readonly down: PulseStep;
  /** V. */
  readonly threshold: number;
  /** S per weight, and the weight of 0 S. */
  readonly conductanceOf: { readonly perWeight: number; readonly floor: number };
}

/** Whole pulses of every device by a kernel, with its twin. */
export function pulseKernel({ up, down, threshold, conductanceOf }: PulseLaw): BulkLaw {
  return {
    pulse(engine, state, stretch, random, work) {
      if (!isWholePulse(stretch, threshold)) return false;
      const { from, duration } = stretch;
      // Of the mean of two weights above the floor.
      const energy = (from * from * duration * conductanceOf.perWeight) / 2;
      return stepDevices(engine, from > 0 ? up : down, state, random, energy, work);
    },
    train(engine, state, trains) {
      const whole = isWholePulse(trains.up, threshold) && isWholePulse(trains.down, threshold);
      if (!whole || trains.up.from < 0 || trains.down.from > 0) return false;
      const energyOf = ({ from, duration }: Stretch) => (from * from * duration * conductanceOf.perWeight) / 2;
      return trainPulses(engine, up, down, state, trains, { up: energyOf(trains.up), down: energyOf(trains.down) });
    },
  };
}

function isWholePulse({ from, to, since, compliance }: Stretch, threshold: number): boolean {
  return from === to && since === 0 && Math.abs(from) >= threshold && compliance === Number.POSITIVE_INFINITY;
}
