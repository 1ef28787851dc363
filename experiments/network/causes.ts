import { summary } from "../../src/ground/statistics/index.ts";
import type { ChipShare } from "./chip-task.ts";
import type { CauseResult, Difference, LayerCauseResult } from "./evaluation.ts";
import type { Placement } from "./placement.ts";
import { runChips, type StepSupplies, type WholeChip } from "./steps.ts";
import { accuracyOf, actingCauses, isDrawn, type Variant, variantPlacement, variantTask } from "./variants.ts";

/** Layers that are made exact one at a time: so many of the worst. */
const mostLayers = 8;

export interface CauseRuns {
  readonly variants: readonly Variant[];
  /** [chip][variant]: shares; of the first chip alone where the variant is the same for all. */
  readonly shares: readonly (readonly (readonly ChipShare[] | null)[])[];
  readonly interrupted: boolean;
}

/**
 * Runs the same chips with the same draws again: with every cause alone, with every cause removed, and with each of the worst
 * layers exact.
 *
 * @param chips  task of each chip that finished
 * @param worst  layers, the worst first
 */
export async function runCauses(
  chips: readonly WholeChip[],
  worst: readonly number[],
  supplies: StepSupplies,
): Promise<CauseRuns> {
  const [first] = chips;
  const acting = actingCauses(first!.placement);
  const variants: Variant[] = [
    ...acting.map((cause) => ({ kind: "alone", cause }) as const),
    ...acting.map((cause) => ({ kind: "removed", cause }) as const),
    // A single layer's causes are all there are.
    ...(worst.length > 1 && acting.length > 0 ? worst.slice(0, mostLayers) : []).map(
      (layer) => ({ kind: "exact", layer }) as const,
    ),
  ];
  const tasks: WholeChip[] = [];
  const place = chips.map((task, index) =>
    variants.map((variant) => {
      const own = variantTask(task, variant, index === 0);
      return own === null ? -1 : tasks.push(own) - 1;
    }),
  );
  const { shares, interrupted } = await runChips("each cause alone and removed", tasks, supplies);
  return { variants, shares: place.map((row) => row.map((at) => (at < 0 ? null : shares[at]!))), interrupted };
}

/**
 * Accuracy lost and regained, chip by chip, over the chips for which everything finished; none where that is no chip.
 *
 * @param whole  shares of each chip with all causes
 * @param exact  accuracy with every cause off
 */
export function causeResults(
  { variants, shares }: CauseRuns,
  placement: Placement,
  whole: readonly (readonly ChipShare[])[],
  exact: number,
  times: readonly number[],
  compensation: readonly boolean[],
  layerNames: readonly string[],
): { causes: CauseResult[]; causesByLayer: LayerCauseResult[] } {
  const drawn = variants.map((variant) => isDrawn(variantPlacement(placement, variant)));
  const sharesAt = (chip: number, variant: number) => shares[drawn[variant] ? chip : 0]![variant];
  const complete = whole.flatMap((_, chip) => (variants.every((_, v) => sharesAt(chip, v)) ? [chip] : []));
  const causes: CauseResult[] = [];
  const causesByLayer: LayerCauseResult[] = [];
  if (complete.length === 0) return { causes, causesByLayer };
  for (const [k, time] of times.entries()) {
    for (const [s, compensated] of compensation.entries()) {
      const differences = (variant: number): Difference => {
        const found = complete.map((chip) => {
          const accuracy = accuracyOf(sharesAt(chip, variant)!, drawn[variant] ? k : 0, drawn[variant] ? s : 0);
          return variants[variant]!.kind === "alone" ? exact - accuracy : accuracy - accuracyOf(whole[chip]!, k, s);
        });
        return { ...summary(found), chips: found };
      };
      for (const [v, variant] of variants.entries()) {
        if (variant.kind === "exact") {
          const layer = layerNames[variant.layer]!;
          causesByLayer.push({ time, compensated, layer, removed: differences(v) });
        } else if (variant.kind === "alone") {
          const { cause } = variant;
          const removed = variants.findIndex((other) => other.kind === "removed" && other.cause === cause);
          causes.push({ time, compensated, cause, alone: differences(v), removed: differences(removed) });
        }
      }
    }
  }
  return { causes, causesByLayer };
}
