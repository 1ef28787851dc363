import { type Cause, causes, turnsVoltage } from "../../circuits/index.ts";
import type { ChipShare } from "./chip-task.ts";
import { layerOptions, type Placement } from "./placement.ts";
import type { WholeChip } from "./steps.ts";

/** The same chips with something switched off: all causes but one, one cause more, or every cause of one layer. */
export type Variant =
  | { readonly kind: "alone" | "removed"; readonly cause: Cause }
  | { readonly kind: "exact"; readonly layer: number };

/** Causes that make one chip, time or reading differ from another; with the others alone, all are the same. */
const drawn: readonly Cause[] = ["programmingNoise", "drift", "readNoise", "polarity"];

/**
 * The causes that act in a placement: those of its converters where it has any, the voltage's polarity where its cells tell and
 * its reads turn it, and none that is off already.
 */
export function actingCauses(placement: Placement): Cause[] {
  const { chip, without } = placement;
  const { device, spec } = layerOptions(placement);
  const present = {
    inputConverter: Number.isFinite(chip.inputConverter.bits.value),
    outputConverter: Number.isFinite(chip.outputConverter.bits.value),
    polarity: device.tellsPolarity && turnsVoltage(spec),
  };
  const absent = new Set<Cause>(without);
  for (const [cause, there] of Object.entries(present)) if (!there) absent.add(cause as Cause);
  absent.add("wires").add("faults");
  return causes.filter((cause) => !absent.has(cause));
}

export function variantPlacement(placement: Placement, variant: Variant): Placement {
  if (variant.kind === "exact") return { ...placement, exactLayers: [variant.layer] };
  if (variant.kind === "removed") return { ...placement, without: [...placement.without, variant.cause] };
  return { ...placement, without: causes.filter((cause) => cause !== variant.cause) };
}

/**
 * What has to run for a variant: nothing varies where no cause is drawn, so one chip at one time without compensation
 * (whose factor would be 1) stands for all.
 *
 * @param first  whether it is the first chip
 */
export function variantTask(task: WholeChip, variant: Variant, first: boolean): WholeChip | null {
  const placement = variantPlacement(task.placement, variant);
  const own = { ...task, placement, histograms: false, saves: { conductances: false, outputs: false } };
  if (isDrawn(placement)) return own;
  return first ? { ...own, times: task.times.slice(0, 1), compensation: [false] } : null;
}

export function isDrawn({ without }: Placement): boolean {
  return drawn.some((cause) => !without.includes(cause));
}

/** Share of images in the label's class. */
export function accuracyOf(shares: readonly ChipShare[], k: number, s: number): number {
  let [right, images] = [0, 0];
  for (const share of shares) {
    const ranks = share.ranks[k]![s]!;
    images += ranks.length;
    for (const rank of ranks) if (rank === 0) right++;
  }
  return right / images;
}
