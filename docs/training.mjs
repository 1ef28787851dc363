/**
 * The picture of docs/training.md and the README from the JSON that its command wrote: reads the file it is given, writes docs/training.svg.
 * `node docs/training.mjs train.json`, after a build.
 */
import { readFileSync, writeFileSync } from "node:fs";

const at = (path) => new URL(`../${path}`, import.meta.url);
const { epochsFigure } = await import(at("dist/src/surface/report/figures/training.js"));
const training = JSON.parse(readFileSync(process.argv[2] ?? "train.json", "utf8"));
// A page may be dark; ink on nothing would vanish there.
writeFileSync(
  at("docs/training.svg"),
  `${epochsFigure(training).text.replace("background:none", "background:white")}\n`,
);
