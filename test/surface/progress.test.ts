import { describe, expect, it } from "vitest";
import { paceOf, progressTo } from "../../src/surface/progress.ts";

function terminal(isTTY: boolean) {
  const lines: string[] = [];
  return { lines, isTTY, write: (text: string) => lines.push(text) };
}

describe("progress", () => {
  it("is one line a stage where there is no terminal", () => {
    const to = terminal(false);
    const progress = progressTo(to, false);
    progress.stage("self-check", 100).progress(50);
    progress.stage("reading images", 1000).progress(1000);
    progress.log("done");
    progress.close();
    expect(to.lines).toEqual(["self-check\n", "reading images\n", "done\n"]);
  });

  it("is nothing when quiet, even on a terminal", () => {
    const to = terminal(true);
    const progress = progressTo(to, true);
    progress.stage("self-check", 100).progress(50);
    progress.log("done");
    progress.close();
    expect(to.lines).toEqual([]);
  });

  // 250 of 1000 in 5 s: 50 a second, 750 more take 15 s.
  it("says rate and time left", () => {
    expect(paceOf(250, 1000, 5)).toBe(", 50 a second, 15 s left");
    expect(paceOf(25_000, 1_000_000, 2)).toBe(", 12.5k a second, 1.3 min left");
    expect(paceOf(1000, 1000, 5)).toBe(", 200 a second, 0 s left");
    expect(paceOf(0, 1000, 5)).toBe("");
  });
});
