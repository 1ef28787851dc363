import type { Costs } from "../../circuits/index.ts";
import {
  type AnchorTable,
  checkFits,
  compareWithGpu,
  type GpuResult,
  gpuNamed,
  type Workload,
} from "../gpu-comparison/index.ts";
import type { Network } from "./partition.ts";
import type { Profile } from "./profile.ts";
import type { EvaluateRequest } from "./request.ts";

/** The same inference without reference to the chip: every product and every digital operator is a launch. */
export function workloadOf(
  { products, parameters }: Pick<Network, "products" | "parameters">,
  profile: Profile,
): Workload {
  const ofProducts = products.map(
    ({ groups, rows, columns }, index) => groups * (rows + columns) * profile.products[index]!,
  );
  const operators = profile.digital.filter(({ bytes }) => bytes > 0);
  return {
    macs: profile.macs.analog + profile.macs.digital,
    parameters,
    activationElements: [...ofProducts, ...operators.map(({ inputs, outputs }) => inputs + outputs)],
    kernels:
      profile.calls.reduce((sum, calls) => sum + calls, 0) + operators.reduce((sum, { count }) => sum + count, 0),
  };
}

type Request = Pick<EvaluateRequest, "gpus" | "batches" | "precision">;

/** Refuses batches that a processor's memory cannot hold: asked before the work starts, not after it. */
export function checkBatches({ gpus, batches, precision }: Request, workload: Workload): void {
  for (const name of gpus) for (const batch of batches) checkFits(gpuNamed(name).gpu, workload, precision, batch);
}

/** Every processor at every batch. */
export function compareAll(
  { gpus, batches, precision }: Request,
  anchors: AnchorTable,
  workload: Workload,
  chipEnergy: number,
  costs: Costs,
): GpuResult[] {
  return gpus.flatMap((name) => {
    const { gpu } = gpuNamed(name);
    return batches.map((batch) => compareWithGpu(gpu, anchors, { workload, precision, batch, chipEnergy, costs }));
  });
}
