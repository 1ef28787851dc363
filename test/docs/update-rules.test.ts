import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { learningRules } from "../../circuits/index.ts";

const rows = readFileSync("docs/update-rules.md", "utf8")
  .split("\n")
  .filter((line) => /^\| `[\w-]+` \|/.test(line));

/** Third column of a rule's row. */
const optionsOf = (name: string): string =>
  rows.find((row) => row.startsWith(`| \`${name}\` |`))?.split(/(?<!\\)\|/)[3] ?? "";

/** What the page says is usual: in the rule's own row, or in that of the rule it is said to be like. */
function usualOf(rule: string, option: string): string | undefined {
  const own = optionsOf(rule);
  const found = new RegExp(`\`${option}\`[^|]*?\\(([^,:)]+)`).exec(own);
  if (found) return found[1];
  const like = own.includes("the same,") ? "tiki-taka" : /as `([\w-]+)`/.exec(own)?.[1];
  return like && usualOf(like, option);
}

describe("the page on update rules", () => {
  it("has a row for every rule, with options and what is usual, its own or those of the rule it names", () => {
    for (const { name, options } of learningRules) {
      expect(optionsOf(name), name).not.toBe("");
      for (const option of options) {
        expect(usualOf(name, option.name), `${name}: ${option.name}`).toBe(String(option.usual));
      }
    }
  });
});
