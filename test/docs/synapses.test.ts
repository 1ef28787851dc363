import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { denseCoverage } from "../../circuits/index.ts";

it("docs/synapses.md tells what the clock reaches", () => {
  const page = readFileSync(new URL("../../docs/synapses.md", import.meta.url), "utf8");
  const number = (cell: string) => Number(cell.replace(/,/g, ""));
  const rows = [
    ...page.matchAll(/^\| ([\d,]+) \| (\d+) \| (\d+) \| (\d+) \| \**(\d+) of (\d+)\** \| \**(all|half)?\** *\|$/gm),
  ];
  expect(rows).toHaveLength(12);
  for (const [, s, n, increment, counter, reached, of, updated] of rows) {
    const synapses = number(s!);
    const clock = { devices: Number(n), increment: Number(increment), policy: "global-clock" } as const;
    expect(of).toBe(n);
    expect(denseCoverage(clock, Number(counter), synapses)).toEqual({
      devices: Number(reached),
      synapses: updated === "half" ? synapses / 2 : synapses,
    });
  }
});
