import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { denseCoverage } from "../../circuits/index.ts";
import * as library from "../../src/surface/index.ts";

const page = readFileSync(new URL("../../docs/synapses.md", import.meta.url), "utf8");

it("docs/synapses.md tells what the clock reaches", () => {
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

it("docs/synapses.md has an example that prints what it says", async () => {
  const [, code] = page.match(/```ts\n(.*?)```/s)!;
  const [, names] = code!.match(/^import \{ (.*?) \} from "crossohm";$/m)!;
  const body = code!.replace(/^import .*$/m, `const { ${names} } = crossohm;`);
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  await new Function("crossohm", `return (async () => { ${body} })();`)(library);
  const [pulses, work] = said.mock.calls[0] as [string, number];
  said.mockRestore();
  expect(page).toContain(`prints \`${pulses}\` and 43.75 pJ`);
  expect(work).toBeCloseTo(43.75e-12, 20);
});
