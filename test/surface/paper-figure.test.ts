import { describe, expect, it } from "vitest";
import { paperFigure } from "../../src/surface/report/figures/paper.ts";

describe("a figure of a paper", () => {
  it("dashes every line that is compared with in a way of its own, in the legend too", () => {
    const line = (name: string, y: number, reference: boolean) =>
      ({ name, mark: "line", x: [1, 7], y: [y, y], ...(reference && { reference }) }) as const;
    const axis = (label: string) => ({ label, unit: "1" });
    const drawn = paperFigure({
      name: "classifier",
      title: "Digits",
      caption: "",
      x: axis("devices"),
      y: axis("accuracy"),
      series: [line("devices", 0.8, false), line("floating point", 0.97, true), line("linear floor", 0.92, true)],
    }).text;
    const dashes = [...drawn.matchAll(/stroke-dasharray="([^"]+)"/g)].map(([, pattern]) => pattern);
    expect(new Set(dashes).size).toBe(2);
    expect(["──", "╌╌", "┈┈"].filter((swatch) => drawn.includes(`>${swatch}<`))).toHaveLength(3);
  });
});
