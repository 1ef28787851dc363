/**
 * The README's picture from the last `npm start`: reads results/perceptron-on-pcm.json, writes docs/perceptron-on-pcm.svg.
 * `node docs/figure.mjs`
 */
import { readFileSync, writeFileSync } from "node:fs";

const at = (path) => new URL(`../${path}`, import.meta.url);
const { accuracyFigure } = await import(at("dist/src/surface/report/figures/accuracy.js"));
const evaluation = JSON.parse(readFileSync(at("results/perceptron-on-pcm.json"), "utf8"));
// A page may be dark; ink on nothing would vanish there.
writeFileSync(
  at("docs/perceptron-on-pcm.svg"),
  `${accuracyFigure(evaluation).text.replace("background:none", "background:white")}\n`,
);
