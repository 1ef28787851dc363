import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { html, Markup } from "../markup.ts";

/** Inks that stay apart in print and for the colour-blind. */
export const ink = {
  compensated: "#0b5e8a",
  uncompensated: "#c2491d",
  plain: "#3b4a54",
  quiet: "#8a959c",
  grid: "#dfe3e6",
  shade: "#eef1f3",
} as const;

/** Inks for several courses in one figure. */
export const inks = ["#0b5e8a", "#c2491d", "#2f7d57", "#7a4b94", "#8a6d0b", "#3b4a54", "#b0457b", "#4d8fb8"] as const;

const font = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

/** A figure as inline SVG that needs nothing from outside; `description` is what it shows, for those who cannot see it. */
export function figure(description: string, options: Plot.PlotOptions): Markup {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = Plot.plot({
    ...options,
    document: document as unknown as Document,
    style: { fontFamily: font, fontSize: "12px", background: "none", color: "#22292e", overflow: "visible" },
  });
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", description);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new Markup(svg.outerHTML);
}

/** A figure with its number and caption. */
export function captioned(number: number, svg: Markup, caption: Markup, wide = false): Markup {
  return html`<figure${wide ? new Markup(' class="wide"') : ""}>${svg}<figcaption><b>Figure ${number}.</b> ${caption}</figcaption></figure>`;
}

/** Horizontal grid lines at an axis's ticks; a mark of its own, since the shade behind must come first. */
export function gridY(ticks: number): Plot.Markish {
  return Plot.gridY({ stroke: ink.grid, strokeOpacity: 1, ticks });
}

const longestName = 24;

/** The end of a long name, where names of layers differ. */
export function shortened(name: string): string {
  return name.length > longestName ? `…${name.slice(1 - longestName)}` : name;
}

/** px beside an axis for such names, in the widest of the fonts. */
export function nameRoom(names: readonly string[]): number {
  return 14 + 7 * Math.max(...names.map((name) => shortened(name).length));
}

/**
 * Places for labels that would cover each other: moved apart to at least `gap` pixels, in the order of their wishes.
 *
 * @param wishes  pixels from the top
 */
export function apart(wishes: readonly number[], gap: number): number[] {
  const order = wishes.map((_, index) => index).sort((a, b) => wishes[a]! - wishes[b]!);
  const places = [...wishes];
  // Neighbours that overlap share the move; a few rounds settle a handful of labels.
  for (let round = 0; round < 50; round++) {
    for (let i = 1; i < order.length; i++) {
      const [upper, lower] = [order[i - 1]!, order[i]!];
      const overlap = gap - (places[lower]! - places[upper]!);
      if (overlap > 0) {
        places[upper]! -= overlap / 2;
        places[lower]! += overlap / 2;
      }
    }
  }
  return places;
}

/** Powers of ten from one number to another, at most so many and one more: their names need room. */
export function decades(low: number, high: number, most = 3): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first) / most));
  const found: number[] = [];
  for (let power = first; power <= last; power += step) found.push(Number(`1e${power}`));
  return found;
}

/** "10⁻⁷": a power of ten. */
export function powerOfTen(value: number): string {
  const digits = `${Math.round(Math.log10(value))}`;
  return `10${[...digits].map((digit) => superscripts[digit]).join("")}`;
}

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [..."0123456789-"].map((digit, index) => [digit, [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁻"][index]!]),
);
