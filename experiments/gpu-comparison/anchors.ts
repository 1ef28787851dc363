import { numberLeaf, wordLeaf } from "../../circuits/index.ts";
import { isKnown, type KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import { estimate, type Gpu, type Precision, precisionOf, type Workload } from "./model.ts";

/** A public measurement of ResNet50 beside what the model says of the same batch. */
export interface Anchor {
  readonly log: string;
  readonly batch: number;
  readonly precision: Precision;
  /** J, or s, per image. */
  readonly measured: number;
  readonly modelled: number;
  /** What would have been predicted had no log of this processor been known. */
  readonly leaveOneOut: number;
}

/** How far from their measurements the model's figures are. */
export interface ModelError {
  readonly logs: number;
  /** e^(root mean square of ln(figure / measured)): 1.5 is half as much again, or two thirds. */
  readonly modelled: number;
  readonly leaveOneOut: number;
}

/** Every public log with the model beside it. */
export interface AnchorTable {
  /** J per image, by processor. */
  readonly energy: ReadonlyMap<string, readonly Anchor[]>;
  /** s per image. */
  readonly latency: ReadonlyMap<string, readonly Anchor[]>;
  readonly error: { readonly energy: ModelError; readonly latency: ModelError };
}

interface Log {
  readonly gpu: Gpu;
  readonly log: string;
  readonly batch: number;
  readonly precision: Precision;
  /** J and s per image; null where the log says nothing of it, or ran with lowered clocks, which the model does not know. */
  readonly energy: number | null;
  readonly seconds: number | null;
}

/** ResNet50 as the logs ran it. */
export function anchorWorkload(anchors: KnownTree): Workload {
  const number = (name: string): number => numberLeaf(anchors, `workload.${name}`, 0, undefined, anchorFile).value;
  return {
    macs: number("macs"),
    parameters: number("parameters"),
    activationElements: [2 * number("activations")],
    kernels: number("kernels"),
  };
}

/**
 * The model beside every log, at the very settings that a comparison uses, and beside it again with each processor treated as
 * one without logs: shares of its peak that its logs gave are the geometric means of the other processors' own, and energies
 * are multiplied by the factor that brings the model to the others' measurements in the geometric mean.
 */
export function anchorTable(gpus: readonly Gpu[], anchors: KnownTree): AnchorTable {
  const workload = anchorWorkload(anchors);
  const logs = logsOf(gpus, anchors);
  const energyOf = (gpu: Gpu, { precision, batch }: Log) =>
    estimate(gpu, workload, precision, batch).energyPerInference;
  const secondsOf = (gpu: Gpu, { precision, batch }: Log) => estimate(gpu, workload, precision, batch).latency / batch;
  const energy = anchorsBy(logs, gpus, "energy", energyOf, (gpu) =>
    geometricMean(
      logs.filter((log) => log.gpu !== gpu && log.energy !== null).map((log) => log.energy! / energyOf(log.gpu, log)),
    ),
  );
  const latency = anchorsBy(logs, gpus, "seconds", secondsOf, () => 1);
  return { energy, latency, error: { energy: errorOf(energy), latency: errorOf(latency) } };
}

function anchorsBy(
  logs: readonly Log[],
  gpus: readonly Gpu[],
  what: "energy" | "seconds",
  modelled: (gpu: Gpu, log: Log) => number,
  factorWithout: (gpu: Gpu) => number,
): ReadonlyMap<string, readonly Anchor[]> {
  const entries = gpus.map((gpu): [string, Anchor[]] => [
    gpu.name,
    logs
      .filter((log) => log.gpu === gpu && log[what] !== null)
      .map((log) => ({
        log: log.log,
        batch: log.batch,
        precision: log.precision,
        measured: log[what]!,
        modelled: modelled(gpu, log),
        leaveOneOut: factorWithout(gpu) * modelled(withoutItsLogs(gpu, gpus), log),
      })),
  ]);
  return new Map(entries);
}

/** A processor as it would be described had none of its logs been known; what no log gave stays. */
function withoutItsLogs(gpu: Gpu, gpus: readonly Gpu[]): Gpu {
  const share = (which: "one" | "large"): number => {
    const others = gpus.filter((other) => other.name !== gpu.name && other.fromLogs[which]);
    return gpu.fromLogs[which]
      ? geometricMean(others.map((other) => other.utilisation[which]))
      : gpu.utilisation[which];
  };
  const large = share("large");
  return { ...gpu, utilisation: { ...gpu.utilisation, large, one: Math.min(share("one"), large) } };
}

function errorOf(anchors: ReadonlyMap<string, readonly Anchor[]>): ModelError {
  const all = [...anchors.values()].flat();
  const factor = (which: "modelled" | "leaveOneOut"): number =>
    Math.exp(Math.sqrt(all.reduce((sum, each) => sum + Math.log(each[which] / each.measured) ** 2, 0) / all.length));
  return { logs: all.length, modelled: factor("modelled"), leaveOneOut: factor("leaveOneOut") };
}

function logsOf(gpus: readonly Gpu[], anchors: KnownTree): Log[] {
  const logs = anchors.logs;
  if (!logs || isKnown(logs)) throw new Error("anchors.yaml holds no logs");
  return Object.entries(logs).flatMap(([key, log]) => {
    if (isKnown(log)) throw new Error(`anchors.yaml: ${key} is no log`);
    const word = (name: string): string => wordLeaf(log, name, anchorFile).value;
    const number = (name: string): number => numberLeaf(log, name, 0, undefined, anchorFile).value;
    const gpu = gpus.find(({ name }) => name === word("gpu"));
    if (!gpu) return [];
    const energy = leafAt(log, "power") ? number("power") / number("rate") : null;
    const seconds = leafAt(log, "latency") ? number("latency") : energy === null ? 1 / number("rate") : null;
    const precision = precisionOf(word("precision"), anchorFile);
    return [{ gpu, log: word("log"), batch: number("batch"), precision, energy, seconds }];
  });
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

const anchorFile = "gpus/anchors";
