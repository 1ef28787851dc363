import type { ChipShare } from "./chip-task.ts";

/** Shares of each chip, in the order in which chips come. */
export function byChip(shares: readonly ChipShare[]): ChipShare[][] {
  const chips = [...new Set(shares.map(({ chip }) => chip))];
  return chips.map((chip) => shares.filter((share) => share.chip === chip));
}

/** Of one layer's products at the first time, over chips: sums of squares, and their ratio in dB where both are there. */
export function signalToNoise(
  shares: readonly ChipShare[],
  layer: number,
): { readonly signal: number; readonly error: number; readonly decibels: number | null } {
  let [signal, error] = [0, 0];
  for (const { layers } of shares) {
    signal += layers[layer]!.signal;
    error += layers[layer]!.error;
  }
  return { signal, error, decibels: signal > 0 && error > 0 ? 10 * Math.log10(signal / error) : null };
}

/** Layers that have a signal to noise, the worst first. */
export function worstLayers(shares: readonly ChipShare[], layers: number): number[] {
  const ratios = Array.from({ length: layers }, (_, layer) => signalToNoise(shares, layer).decibels);
  const known = ratios.flatMap((decibels, layer) => (decibels === null ? [] : [{ decibels, layer }]));
  return known.sort((a, b) => a.decibels - b.decibels).map(({ layer }) => layer);
}
