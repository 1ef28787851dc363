import { describe, expect, it } from "vitest";
import { reported } from "./device-reports.ts";

describe("the table of a set's values", () => {
  it("shows the beginning of a list that has no room, and how long it is", async () => {
    const page = await reported("lists", 1, { model: "synaptogen", name: "retention" }).report();
    expect(page).toMatch(/, … \(\d+ in all\)/);
    const cells = [...page.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text!.length);
    expect(Math.max(...cells)).toBeLessThan(120);
  });

  it("counts one assumption as one", async () => {
    const page = await reported("one", 1, { model: "pcm" }).report();
    expect(page).toContain("1 value that no measurement");
  });
});
