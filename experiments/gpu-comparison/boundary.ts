import type { Costs } from "../../circuits/index.ts";
import type { Gpu } from "./model.ts";

/** What an energy figure may or may not count: one vocabulary for both sides. */
export const boundaryWords = [
  "arithmetic",
  "weight storage",
  "on-chip buffers",
  "off-chip memory",
  "static power",
  "programming",
  "drift compensation",
  "input transfer",
  "host",
  "cooling",
] as const;
type BoundaryWord = (typeof boundaryWords)[number];

/** What one side of a comparison counts. */
export interface Boundary {
  readonly text: string;
  readonly included: readonly string[];
  readonly excluded: readonly string[];
}

/** What the chip's energy counts. */
export function chipBoundary(costs: Costs, compensated: boolean): Boundary {
  const included: BoundaryWord[] = ["arithmetic", "weight storage", "on-chip buffers", "static power", "programming"];
  if (compensated) included.push("drift compensation");
  return boundary(
    included,
    `The chip's figure counts cells, drivers, converters, digital part, buffers and static power while an inference lasts, ` +
      `and programming spread over the stated number of inferences${compensated ? ", and calibration reads" : ""}. ` +
      `Weights rest in their cells without power. Inputs are taken to be in the buffers; whatever brings them, the host ` +
      `and cooling are left out. ${nodesOf(costs)}`,
  );
}

/** What the graphics processor's energy counts. */
export function gpuBoundary(gpu: Gpu, costs: Costs): Boundary {
  const included: BoundaryWord[] = [
    "arithmetic",
    "weight storage",
    "on-chip buffers",
    "off-chip memory",
    "static power",
  ];
  if (gpu.hostPower > 0) included.push("host");
  const host = gpu.hostPower > 0 ? `, and ${gpu.hostPower} W of host while it works` : "";
  return boundary(
    included,
    `The figure of ${gpu.title} counts the board: arithmetic, memory traffic of weights (once a batch) and activations, and ` +
      `static power while a batch lasts${host}. Loading the network, bringing inputs to the board${host ? "" : ", the host"} ` +
      `and cooling are left out; it needs no drift compensation. ${mismatch(gpu, costs)}`,
  );
}

/** The technologies compared, in words. */
function mismatch(gpu: Gpu, costs: Costs): string {
  return `Compared across technologies: ${gpu.title} at ${nanometres(gpu.node)}. ${nodesOf(costs)}`;
}

function nodesOf({ operations }: Costs): string {
  const node = (operation: string): string => nanometres(operations[operation]!.node!);
  return (
    `On the chip, output converters stand at ${node("outputConversion")}, input converters at ${node("inputConversion")}, ` +
    `cells and their lines at ${node("wordLineDrive")}, digital part and buffers at ${node("accumulate")}; ` +
    `no figure is scaled to another node.`
  );
}

function boundary(included: readonly BoundaryWord[], text: string): Boundary {
  return { text, included, excluded: boundaryWords.filter((word) => !included.includes(word)) };
}

const nanometres = (metres: number): string => `${Math.round(metres * 1e9)} nm`;
