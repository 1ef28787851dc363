import { numberLeaf } from "../../circuits/index.ts";
import { inputError, namesNear } from "../../src/ground/errors.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";

/** Number formats, with bytes per element. */
const bytesPerElement = { fp32: 4, fp16: 2, int8: 1 } as const;
export type Precision = keyof typeof bytesPerElement;
export const precisions = Object.keys(bytesPerElement) as Precision[];

/** One inference of a network, said without reference to any machine. */
export interface Workload {
  readonly macs: number;
  /** Weights and biases. */
  readonly parameters: number;
  /** Elements that each layer reads and writes, weights not counted. */
  readonly activationElements: readonly number[];
  /** Launches: layers or operators that run on their own. */
  readonly kernels: number;
}

/** A graphics processor as its data sheet and public logs describe it, SI. */
export interface Gpu {
  readonly name: string;
  readonly title: string;
  /** Operations per second, dense; a multiply-accumulate is two. */
  readonly peak: Readonly<Record<Precision, number>>;
  /** byte/s. */
  readonly bandwidth: number;
  /** byte. */
  readonly memory: number;
  /** W. */
  readonly boardPower: number;
  readonly staticPower: number;
  /** W of the machine around the board; 0: left out. */
  readonly hostPower: number;
  /** m. */
  readonly node: number;
  /** Shares of the peak reached by the work alone, launches not counted. */
  readonly utilisation: { readonly one: number; readonly large: number; readonly memory: number };
  /** Which of them this processor's own public logs gave. */
  readonly fromLogs: { readonly one: boolean; readonly large: boolean };
  /** s per kernel. */
  readonly launch: number;
}

export function gpuOf(name: string, title: string, values: KnownTree): Gpu {
  const number = (path: string, low = 0, high?: number): number =>
    numberLeaf(values, path, low, high, `gpus/${name}`).value;
  const positive = (path: string, high?: number): number => number(path, Number.MIN_VALUE, high);
  const derived = (path: string): boolean => leafAt(values, path)?.howKnown === "derived";
  return {
    name,
    title,
    peak: { fp32: positive("peak.fp32"), fp16: positive("peak.fp16"), int8: positive("peak.int8") },
    bandwidth: positive("bandwidth"),
    memory: positive("memory"),
    boardPower: number("boardPower", number("staticPower")),
    staticPower: number("staticPower"),
    hostPower: number("hostPower"),
    node: positive("node"),
    utilisation: {
      one: positive("utilisation.one", positive("utilisation.large", 1)),
      large: positive("utilisation.large", 1),
      memory: positive("utilisation.memory", 1),
    },
    fromLogs: { one: derived("utilisation.one"), large: derived("utilisation.large") },
    launch: number("launch"),
  };
}

export function precisionOf(word: string, place: string): Precision {
  if (Object.hasOwn(bytesPerElement, word)) return word as Precision;
  const near = namesNear(word, precisions);
  throw inputError({ file: place, found: `no precision "${word}"`, expected: precisions.join(", "), near });
}

/** J per multiply-accumulate: what the board draws at peak arithmetic beyond its static power. */
export function energyPerMac(gpu: Gpu, precision: Precision): number {
  return (gpu.boardPower - gpu.staticPower) / (gpu.peak[precision] / 2);
}

/** J per byte of memory traffic: what the board draws at peak bandwidth beyond its static power. */
export function energyPerByte(gpu: Gpu): number {
  return (gpu.boardPower - gpu.staticPower) / gpu.bandwidth;
}

/** What the model says of one batch, per inference. */
export interface GpuEstimate {
  readonly batch: number;
  /** J per inference: the sum of the terms. */
  readonly energyPerInference: number;
  readonly terms: {
    readonly static: number;
    readonly operations: number;
    readonly bytes: number;
    readonly host: number;
  };
  /** s until the batch is done. */
  readonly latency: number;
  /** Share of the peak reached over that time, launches and memory included. */
  readonly utilisation: number;
}

/**
 * Time and energy of a batch in four terms that can be read one by one:
 *
 * t = max(2 MACs / (u peak), bytes / (u_m bandwidth)) + kernels t_launch
 * E = P_static t + e_op MACs + e_byte bytes + P_host t
 *
 * with u = u_large b / (b + u_large / u_one - 1), which is u_one at b = 1 and u_large at b to infinity; bytes are the weights
 * once a batch and every layer's activations once in and out.
 */
export function estimate(gpu: Gpu, workload: Workload, precision: Precision, batch: number): GpuEstimate {
  const { one, large, memory } = gpu.utilisation;
  const operations = 2 * workload.macs * batch;
  const bytes = bytesPerElement[precision] * (workload.parameters + batch * sum(workload.activationElements));
  const share = (large * batch) / (batch + large / one - 1);
  const working = Math.max(operations / (share * gpu.peak[precision]), bytes / (memory * gpu.bandwidth));
  const latency = working + workload.kernels * gpu.launch;
  const terms = {
    static: (gpu.staticPower * latency) / batch,
    operations: energyPerMac(gpu, precision) * workload.macs,
    bytes: (energyPerByte(gpu) * bytes) / batch,
    host: (gpu.hostPower * latency) / batch,
  };
  return {
    batch,
    energyPerInference: terms.static + terms.operations + terms.bytes + terms.host,
    terms,
    latency,
    utilisation: latency > 0 ? operations / (latency * gpu.peak[precision]) : 0,
  };
}

const largestBatch = 65_536;

/** The batch of least energy per inference among powers of two that fit the memory, 65,536 at most. */
export function bestEstimate(gpu: Gpu, workload: Workload, precision: Precision): GpuEstimate {
  let best = estimate(gpu, workload, precision, 1);
  for (let batch = 2; batch <= largestBatch && fits(gpu, workload, precision, batch); batch *= 2) {
    const candidate = estimate(gpu, workload, precision, batch);
    if (candidate.energyPerInference < best.energyPerInference) best = candidate;
  }
  return best;
}

/** Whether weights and one batch's largest layer, in and out, fit the memory. */
export function fits(gpu: Gpu, workload: Workload, precision: Precision, batch: number): boolean {
  const widest = workload.activationElements.reduce((a, b) => Math.max(a, b), 0);
  return bytesPerElement[precision] * (workload.parameters + batch * widest) <= gpu.memory;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
