import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { characterised } from "../experiments/characterisation/characterised.ts";

const guide = readFileSync(new URL("../../docs/devices.md", import.meta.url), "utf8");
const block = (name: string) => new RegExp(`\`\`\`yaml\\n# ${name}\\n([^]*?)\`\`\``).exec(guide)![1]!;

describe("the files that the guide to devices shows run as they stand", () => {
  it("the protocol", async () => {
    const { columns } = await characterised({ model: "vteam", file: block("anneal.yaml"), devices: 2 });
    expect(columns.current!.every(Number.isFinite)).toBe(true);
  });

  it("the parameter set, with the spread that it asks for", async () => {
    const files = { "mine.yaml": block("mine.yaml") };
    const { columns } = await characterised({ model: "vteam", parameters: "mine.yaml", files, devices: 2 });
    const [one, other] = [0, 1].map((n) => columns.current!.filter((_, row) => columns.device![row] === n));
    expect(one).not.toEqual(other);
  });
});
