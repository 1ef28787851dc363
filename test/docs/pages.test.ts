import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const contract = readFileSync("docs/contract.md", "utf8");
const pages = ["README.md", "CONTRIBUTING.md", "data/networks/README.md", "bench/peers/README.md"].concat(
  readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);

/** Commands in a page's blocks of code, each on one line, with its words. */
function commandsOf(page: string): string[][] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```\w*\n(.*?)^```/gms)].map(([, block]) => block!);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n/g, " ").split("\n"));
  return lines
    .map((line) =>
      line
        .replace(/(^|\s)#.*/, "")
        .trim()
        .split(/\s+/),
    )
    .filter((words) => words.length > 1);
}

describe.each(pages)("the commands in %s", (page) => {
  it("name files that are there and options that the contract has", () => {
    for (const words of commandsOf(page)) {
      const shipped = words.filter((word) => /^(data|bench|docs)\/.+\.\w+$/.test(word));
      expect(shipped.filter((file) => !existsSync(file))).toEqual([]);
      const program = words.indexOf("crossohm");
      if (program < 0 || program > 1) continue;
      const options = words.slice(program + 1).filter((word) => word.startsWith("--"));
      expect(options.filter((option) => !contract.includes(`\`${option}`) && !contract.includes(` ${option}`))).toEqual(
        [],
      );
    }
  });
});

describe("the tables of docs/peers.md", () => {
  const page = readFileSync("docs/peers.md", "utf8");
  const sections = page.split(/^###? /m).filter((section) => section.includes("| Crossohm | aihwkit |"));
  const share = /^([\d.]+) ± ([\d.]+) %$/;

  // Means and deviations are printed to 0.0005 %: with deviations s and n chips a side, the difference in standard errors is off by
  // at most 0.001 / (sqrt(2 / n) s) and, relatively, 0.0005 / s.
  it.each(sections.map((section) => [section.split("\n")[0], section]))(
    "say differences that follow from their means, below 3.5: %s",
    (_, section) => {
      const chips = Number(/--chips (\d+)/.exec(section)![1]);
      const rows = section.split("\n").filter((line) => /^\|.*±/.test(line));
      expect(rows).toHaveLength(10);
      for (const row of rows) {
        const cells = row.split("|").map((cell) => cell.trim());
        const [ours, theirs] = [share.exec(cells[3]!)!, share.exec(cells[4]!)!].map(([, mean, spread]) => [
          +mean!,
          +spread!,
        ]);
        const [difference, ...factors] = [cells[5]!, ...cells[6]!.split(", ").filter(Boolean)].map(Number);
        const spread = Math.hypot(ours![1]!, theirs![1]!);
        const expected = (ours![0]! - theirs![0]!) / (spread / Math.sqrt(chips));
        const margin = 0.005 + (0.001 * Math.sqrt(chips)) / spread + (Math.abs(expected) * 0.001) / spread;
        expect(Math.abs(difference! - expected)).toBeLessThan(margin);
        for (const each of [difference!, ...factors]) expect(Math.abs(each)).toBeLessThan(3.5);
      }
    },
  );

  it("are two: a perceptron and a network of convolutions", () => expect(sections).toHaveLength(2));
});
