import type { Markup } from "../markup.ts";
import type { EvaluationOutput } from "../shapes.ts";
import { barFigure } from "./bars.ts";

/** Signal to noise of each layer's products at the first reading, in the order of the network. */
export function signalToNoiseFigure({ network }: EvaluationOutput): Markup {
  const known = network.layers.filter(({ signalToNoise }) => signalToNoise !== null);
  const bars = known.map(({ name, signalToNoise }) => ({
    name,
    value: signalToNoise!,
    text: `${signalToNoise!.toFixed(1)} dB`,
  }));
  return barFigure("Signal to noise of the products by layer", "signal to noise (dB)", bars, 430, 64);
}
