import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { learningRules } from "../../circuits/index.ts";

const rows = readFileSync("docs/update-rules.md", "utf8")
  .split("\n")
  .filter((line) => /^\| `[\w-]+` \|/.test(line));
/** Third column of a rule's row. */
const optionsOf = (name: string): string =>
  rows.find((row) => row.startsWith(`| \`${name}\` |`))?.split(/(?<!\\)\|/)[3] ?? "";

describe("the page on update rules", () => {
  it("has a row for every rule, with options and what is usual, its own or those of the rule it names", () => {
    for (const { name, options } of learningRules) {
      const own = optionsOf(name);
      expect(own, name).not.toBe("");
      const like = own.match(/as `([\w-]+)`/)?.[1] ?? (own.includes("the same,") ? "tiki-taka" : "");
      for (const option of options) {
        const there = new RegExp(`\`${option.name}\`[^|]*?\\(([^,:)]+)`);
        const found = there.exec(own) ?? there.exec(optionsOf(like));
        expect(found?.[1], `${name}: ${option.name}`).toBe(String(option.usual));
      }
    }
  });
});
