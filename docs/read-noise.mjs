/**
 * The tables and the picture of docs/read-noise.md from the runs it lists: reads results/NETWORK-MODE.json, prints the
 * tables, writes docs/read-noise.svg. `node docs/read-noise.mjs`
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as Plot from "@observablehq/plot";

const at = (path) => new URL(`../${path}`, import.meta.url);
const { figure, gridY, ink } = await import(at("dist/src/surface/report/figures/frame.js"));
const { summary } = await import(at("dist/src/ground/statistics/index.js"));

const read = (network, mode) => JSON.parse(readFileSync(at(`results/${network}-${mode}.json`), "utf8"));
const names = { held: "held", process: "process", inference: "process, window of one inference", perRead: "perRead" };
const moments = { 0: "first reading", 86400: "1 d later", 31536000: "1 y later" };

const percent = (share, digits) => (100 * share).toFixed(digits).replace("-", "−");
const interval = ({ mean, low, high }, digits, sign = "") =>
  `${sign && mean > 0 ? sign : ""}${percent(mean, digits)} (${percent(low, digits)} to ${percent(high, digits)})`;

/** Accuracy of each mode with its interval, what it holds of the noise, and each chip's gain over held. */
function table(network, modes, digits) {
  const runs = Object.fromEntries(modes.map((mode) => [mode, read(network, mode)]));
  const lines = ["| time | mode | share held | accuracy, % | minus held, % |", "| --- | --- | --- | --- | --- |"];
  for (const [k, { time, accuracy: held }] of runs.held.results.entries()) {
    for (const mode of modes) {
      const { chips } = runs[mode].results[k].accuracy;
      const share = percent(runs[mode].readNoise.heldShare[k].share, 0);
      const gain = summary(chips.map((value, chip) => value - held.chips[chip]));
      const cells = [moments[time], names[mode], `${share} %`, interval(summary(chips), digits)];
      lines.push(`| ${[...cells, mode === "held" ? "" : interval(gain, digits, "+")].join(" | ")} |`);
    }
  }
  const { images, results, floatAccuracy } = runs.held;
  const chips = results[0].accuracy.chips.length;
  const title = `${network}.onnx, ${chips} chips, ${images.toLocaleString("en")} images, float ${percent(floatAccuracy, 2)} %`;
  return `${title}\n\n${lines.join("\n")}\n`;
}

/** Every chip's accuracy from mode to mode, and the means with their intervals. */
function picture() {
  const modes = ["held", "process", "perRead"];
  const results = modes.flatMap((mode) => read("separable", mode).results.map((result) => ({ mode, ...result })));
  const chips = results.flatMap(({ mode, time, accuracy }) =>
    accuracy.chips.map((share, chip) => ({ mode, time, chip, share: 100 * share })),
  );
  const means = results.map(({ mode, time, accuracy }) => ({ mode, time, ...summary(accuracy.chips) }));
  const places = { x: "mode", fx: "time" };
  return figure("Accuracy of every chip with its read noise held, split, and fresh", {
    width: 880,
    height: 360,
    marginLeft: 56,
    marginTop: 28,
    x: { type: "point", domain: modes, label: null, padding: 0.4 },
    fx: { label: null, tickFormat: (time) => moments[time] },
    y: { label: "accuracy (%)", labelArrow: "none", labelAnchor: "center", nice: true },
    marks: [
      gridY(6),
      Plot.line(chips, { ...places, y: "share", z: "chip", stroke: ink.quiet, strokeOpacity: 0.5, strokeWidth: 1 }),
      Plot.ruleX(means, {
        ...places,
        y1: ({ low }) => 100 * low,
        y2: ({ high }) => 100 * high,
        stroke: ink.compensated,
        strokeWidth: 5,
        strokeOpacity: 0.35,
      }),
      Plot.line(means, { ...places, y: ({ mean }) => 100 * mean, stroke: ink.compensated, strokeWidth: 2 }),
      Plot.dot(means, { ...places, y: ({ mean }) => 100 * mean, fill: ink.compensated, r: 4 }),
    ],
  }).text.replace("background:none", "background:white");
}

process.stdout.write(
  `${table("separable", Object.keys(names), 1)}\n${table("perceptron", ["held", "process", "perRead"], 3)}`,
);
writeFileSync(at("docs/read-noise.svg"), `${picture()}\n`);
