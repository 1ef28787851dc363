import { numberLeaf, wordLeaf } from "../../circuits/index.ts";
import { isKnown, type KnownTree } from "../../src/ground/known.ts";
import { leafAt } from "../../src/ground/known-tree.ts";
import { estimate, type Gpu, type Workload } from "./model.ts";

/** A public measurement of ResNet50 beside what the model says of the same batch. */
export interface Anchor {
  readonly log: string;
  readonly batch: number;
  readonly measured: number;
  readonly modelled: number;
}

export interface Anchors {
  /** J per image. */
  readonly energy: readonly Anchor[];
  /** s. */
  readonly latency: readonly Anchor[];
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

/** Every log of this processor, with the model at the very settings that a comparison uses. */
export function anchorsOf(gpu: Gpu, anchors: KnownTree): Anchors {
  const workload = anchorWorkload(anchors);
  const logs = anchors.logs;
  if (!logs || isKnown(logs)) throw new Error("anchors.yaml holds no logs");
  const energy: Anchor[] = [];
  const latency: Anchor[] = [];
  for (const [key, log] of Object.entries(logs)) {
    if (isKnown(log)) throw new Error(`anchors.yaml: ${key} is no log`);
    if (wordLeaf(log, "gpu", anchorFile).value !== gpu.name) continue;
    const number = (name: string): number => numberLeaf(log, name, 0, undefined, anchorFile).value;
    const batch = number("batch");
    const modelled = estimate(gpu, workload, "int8", batch);
    const common = { log: wordLeaf(log, "log", anchorFile).value, batch };
    if (leafAt(log, "power")) {
      energy.push({ ...common, measured: number("power") / number("rate"), modelled: modelled.energyPerInference });
    }
    if (leafAt(log, "latency")) {
      latency.push({ ...common, measured: number("latency"), modelled: modelled.latency });
    }
  }
  return { energy, latency };
}

const anchorFile = "gpus/anchors";
