import type { Cells, Pulse } from "../../devices/index.ts";
import { at, type Draw, normalsOfCell, philox4x32, wordsOfEvent } from "../../src/ground/draws/index.ts";
import { InputError } from "../../src/ground/errors.ts";
import type { ThresholdNoise } from "./integrate-and-fire.ts";

const uniformMark = 0x10000000;

/**
 * Escape noise: neurons fire with probability sigmoid(beta (v - threshold)), as a logistic number of scale 1 / beta on the membrane does.
 *
 * @param inverseTemperature  beta, 1 over the unit of the membrane; Infinity: no noise
 * @source Gygax & Zenke, Neural Comput. 37, 886 (2025), arXiv:2404.14964
 */
export function escapeNoise(draw: Draw, inverseTemperature: number): ThresholdNoise {
  if (!(inverseTemperature > 0)) {
    throw new InputError(`neuron: inverse temperature is ${inverseTemperature}, expected a number above 0`);
  }
  const { key } = at(draw, "escape noise");
  return {
    fill(step, out) {
      const [low, high] = wordsOfEvent(step);
      for (let n = 0; n < out.length; n++) {
        const share = (philox4x32([n, low, high, uniformMark], key)[0] + 0.5) * 2 ** -32;
        out[n] = Math.log(share / (1 - share)) / inverseTemperature;
      }
    },
  };
}

/** Gaussian noise on the membrane: neurons fire with the share of normal numbers below (v - threshold) / deviation. */
export function gaussianNoise(draw: Draw, deviation: number): ThresholdNoise {
  if (!(deviation >= 0)) throw new InputError(`neuron: deviation is ${deviation}, expected a number from 0`);
  const own = at(draw, "gaussian noise");
  const normal = new Float64Array(1);
  return {
    fill(step, out) {
      for (let n = 0; n < out.length; n++) {
        normalsOfCell(own, n, step, normal);
        out[n] = deviation * normal[0]!;
      }
    },
  };
}

/** Noise from the read noise of devices, and the work of their reads so far, J. */
export interface DeviceNoise extends ThresholdNoise {
  readonly work: number;
}

/**
 * Noise of devices as the neurons' own: each neuron has a cell that is read at every step, and what the read differs by from the cell's mean
 * current is added to the membrane. The reference that gives the mean current is ideal. Noise slower than a step is alike from step to step.
 *
 * @param cells  one for each neuron
 * @param gain  unit of the membrane over A
 */
export function deviceNoise(cells: Cells, { voltage, width }: Pulse, gain: number): DeviceNoise {
  const [now, mean] = [new Float64Array(cells.count), new Float64Array(cells.count)];
  const work = new Float64Array(cells.count);
  return {
    get work() {
      return work.reduce((sum, joules) => sum + joules, 0);
    },
    fill(step, out) {
      if (out.length !== cells.count) throw new Error(`${cells.count} cells for ${out.length} neurons`);
      cells.current(voltage, mean);
      cells.read({ voltage, duration: width }, step, now, work);
      for (let n = 0; n < out.length; n++) out[n] = gain * (now[n]! - mean[n]!);
    },
  };
}
