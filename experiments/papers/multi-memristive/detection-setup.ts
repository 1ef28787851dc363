import type { DetectionSpec } from "./detection.ts";

/** What sets runs apart; all else is the same for all of them. */
export interface DetectionChoice {
  readonly synapses: number;
  readonly correlated: number;
  /** N. */
  readonly devices: number;
  readonly steps: number;
  /** By how much the selection counter advances. */
  readonly increment?: number;
  /** S, the neuron's threshold for each of a synapse's devices where 100 inputs are correlated. */
  readonly threshold?: number;
}

/**
 * The reference's set-up. The paper gives the network, the number of correlated inputs, their coefficient, the sizes and the steps; all other
 * numbers are assumed, and the same for every N and every size: the threshold follows the currents, which grow with devices and correlated inputs.
 *
 * @source Boybat et al., Nat. Commun. 9, 2514 (2018), doi:10.1038/s41467-018-04933-y, figure 5
 */
export function detectionSpec(choice: DetectionChoice): DetectionSpec {
  const { synapses, correlated, devices, steps, increment = 1, threshold = 250e-6 } = choice;
  return {
    synapses,
    correlated,
    coefficient: 0.75,
    rate: 0.05,
    step: 0.1,
    steps,
    arbitration: { devices, policy: "global-clock", increment, potentiationCounter: 1, depressionCounter: 2 },
    // One event of the correlated inputs then makes the neuron fire. From 1.0 uS it takes two in a row within the first 40 s, before drift has
    // brought even those below the threshold: without them the neuron never fires.
    start: { conductance: 1.5e-6, deviation: 0.3e-6, pulses: 1 },
    leak: 0.6,
    threshold: (threshold * devices * correlated) / 100,
    // A pulse for inputs active in the step of a spike or in the one before it; for those active in the four steps after it.
    rule: {
      potentiation: { amplitude: 1, timeConstant: 2, threshold: 0.5 },
      depression: { amplitude: 1, timeConstant: 6, threshold: 0.5 },
    },
  };
}

export const detectionStandIns: readonly string[] = [
  "correlation detection: 0.05 events per input and step, steps of 0.1 s (the paper's rates and step length were not found)",
  "correlation detection: leak factor 0.6 a step, threshold 250 uS of summed conductance for each device of a synapse and 100 correlated inputs, reset to 0",
  "correlation detection: exponential STDP of amplitude 1, time constants 2 and 6 steps and threshold 0.5: potentiation of inputs active in the step of a spike or the one before, depression of those active in the four steps after it; a step with a spike only potentiates",
  "correlation detection: counters of length 1 (potentiation) and 2 (depression), increment 1",
  "correlation detection: devices start at 1.5 uS with a standard deviation of 0.3 uS and the memory of one pulse; from 1.0 uS drift keeps the neuron from ever firing in two of five runs",
];
