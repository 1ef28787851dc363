import type { ArbitrationPolicy, ArbitrationSpec, RequestedSigns } from "../../circuits/index.ts";
import { inputError } from "../../src/ground/errors.ts";

/** What is asked of synapses by themselves. */
export interface SynapseRequest {
  /** N, devices of a synapse; half of them in each set where it is differential. */
  readonly devices: number;
  readonly differential: boolean;
  readonly increment: number;
  readonly synapses: number;
  /** Requested updates, in scan order. */
  readonly updates: number;
  /** Of the requests, drawn one by one. */
  readonly depressionShare: number;
  readonly potentiationCounter: number;
  readonly depressionCounter: number;
  readonly policy: ArbitrationPolicy;
  /** Whether the same requests are put to every policy. */
  readonly compare: boolean;
  readonly seed: number;
}

/** Devices that kernel memory has room for. */
export const mostDevices = 2_000_000;

/** Refuses what no array can be made of. */
export function checkSynapses({ devices, differential, synapses }: SynapseRequest): void {
  if (differential && devices % 2 !== 0) {
    throw inputError({
      file: "--devices",
      found: `${devices} with --differential`,
      expected: "an even number: half of the devices stand in each set",
    });
  }
  if (devices * synapses > mostDevices) {
    throw inputError({
      file: "--synapses",
      found: `${synapses} synapses of ${devices} devices, ${devices * synapses} in all`,
      expected: `at most ${mostDevices} devices`,
    });
  }
}

/** What arbitration runs over: of a differential synapse, the places that both sets have. */
export function arbitrationOf(
  { devices, differential, increment, potentiationCounter, depressionCounter }: SynapseRequest,
  policy: ArbitrationPolicy,
): ArbitrationSpec {
  return {
    devices: differential ? devices / 2 : devices,
    increment,
    potentiationCounter,
    depressionCounter,
    policy,
  };
}

export function signsOf({ depressionShare }: SynapseRequest): RequestedSigns {
  return depressionShare === 0 ? "potentiation" : depressionShare === 1 ? "depression" : "both";
}
