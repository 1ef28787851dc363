import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { reportOf } from "../../src/surface/report/evaluation.ts";
import { apart } from "../../src/surface/report/figures/frame.ts";
import { multiplyReportOf } from "../../src/surface/report/multiply.ts";
import {
  axisUnit,
  inWords,
  percent,
  quantity,
  setting,
  share,
  timeSinceFirstReading,
  times,
} from "../../src/surface/report/numbers.ts";
import type { EvaluationOutput } from "../../src/surface/report/shapes.ts";
import { summaryText } from "../../src/surface/report/summary.ts";
import { deviceReports } from "./device-reports.ts";
import { evaluationFixture, multiplicationFixture } from "./report-fixture.ts";

const documentOf = (page: string) => parseHTML(page).document;
const textOf = (page: string) => documentOf(page).body.textContent!.replace(/\s+/g, " ");

describe("numbers for people", () => {
  it("carry the prefix that suits them and the digits that are meant", () => {
    expect(quantity(3.094e-8, "J")).toBe("30.9 nJ");
    expect(quantity(6.6e-6, "s")).toBe("6.60 µs");
    expect(quantity(1.177e-4, "J", 4)).toBe("117.7 µJ");
    expect(quantity(0, "J")).toBe("0 J");
    expect(quantity(-2.5e-6, "S")).toBe("−2.50 µS");
    expect(quantity(4e4, "ohm")).toBe("40.0 kΩ");
    expect(quantity(null, "J")).toBe("–");
    // Rounds up into the next prefix.
    expect(quantity(9.996e-10, "J")).toBe("1.00 nJ");
  });

  it("have no more digits than somebody chose", () => {
    expect(setting(3.2e-8, "m")).toBe("32 nm");
    expect(setting(10, "1")).toBe("10");
    expect(setting(2.5e-12, "J/byte")).toBe("2.5 pJ/byte");
  });

  it("are shares of a hundred", () => {
    expect(percent(0.97812)).toBe("97.81");
    expect(percent(-0.0004)).toBe("−0.04");
    expect([share(0.39), share(0.076), share(0.00021), share(0), share(1), share(null)]).toEqual([
      "39 %",
      "7.6 %",
      "0.021 %",
      "0 %",
      "100 %",
      "–",
    ]);
  });

  it("are times as people count them", () => {
    const day = 86_400;
    expect([0, 25, 3600, day, 30 * day, 365 * day].map(timeSinceFirstReading)).toEqual([
      "first reading",
      "25 s",
      "1 h",
      "1 d",
      "30 d",
      "1 y",
    ]);
  });

  it("are ratios and words", () => {
    expect([times(29.61), times(48_871), times(0.5)]).toEqual(["×29.6", "×48,900", "×0.5"]);
    expect([inWords("outputConversion"), inWords("cell reads")]).toEqual(["output conversion", "cell reads"]);
    expect(axisUnit(1.21e-8, "J")).toEqual(["nJ", 1e-9]);
  });
});

describe("labels that would cover each other", () => {
  it("are moved apart, in their order, about where they wanted to be", () => {
    const places = apart([100, 101, 102, 300], 16);
    for (const [index, place] of places.slice(1).entries()) expect(place - places[index]!).toBeGreaterThanOrEqual(15.9);
    expect(places[1]).toBeCloseTo(101, 0);
    expect(places[3]).toBe(300);
  });
});

describe("the report of an evaluation", () => {
  const report = reportOf(evaluationFixture);
  const document = documentOf(report);

  it("is one page that fetches nothing", () => {
    expect(document.querySelectorAll("script, iframe, img, object, embed")).toHaveLength(0);
    expect(document.querySelectorAll("link[rel=stylesheet]")).toHaveLength(0);
    // The only addresses are names of XML and an empty icon.
    const addresses = [...report.matchAll(/(?:https?:)?\/\/[\w.-]+[^\s"'<)]*/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(report).not.toMatch(/@import|url\(/);
  });

  it("has its eight figures, numbered, with descriptions", () => {
    const figures = [...document.querySelectorAll("figure")];
    expect(figures.map((figure) => figure.querySelector("svg")!.getAttribute("aria-label"))).toEqual([
      "Accuracy over logarithmic time with its 95 % interval",
      "Accuracy with compensation, enlarged",
      "Accuracy that each cause takes, 1 y",
      "Energy of one inference by component",
      "Energy of one inference on this chip and on GPUs",
      "Error of the weights over logarithmic time",
      "Signal to noise of the products by layer",
      "Histograms of converters and weights by layer",
    ]);
    figures.forEach((figure, index) => {
      expect(figure.querySelector("figcaption b")!.textContent).toBe(`Figure ${index + 1}.`);
    });
  });

  it("draws every accuracy, and those beyond the source's data hollow", () => {
    const dots = [...document.querySelector("figure.wide")!.querySelectorAll("circle")].map((dot) =>
      dot.getAttribute("fill"),
    );
    expect(dots).toHaveLength(evaluationFixture.results.length);
    const beyond = evaluationFixture.results.filter(({ beyondSource }) => beyondSource).length;
    expect(dots.filter((fill) => fill === "white")).toHaveLength(beyond);
  });

  it("enlarges the compensated course where the other one flattens it, and only there", () => {
    const labels = (output: EvaluationOutput) =>
      [...documentOf(reportOf(output)).querySelectorAll("figure svg")].map((svg) => svg.getAttribute("aria-label"));
    const enlarged = "Accuracy with compensation, enlarged";
    expect(labels(evaluationFixture)).toContain(enlarged);
    const mild = evaluationFixture.results.filter(({ time }) => time <= 3600);
    expect(labels({ ...evaluationFixture, results: mild })).not.toContain(enlarged);
    const alone = evaluationFixture.results.filter(({ compensated }) => compensated);
    expect(labels({ ...evaluationFixture, results: alone })).not.toContain(enlarged);
  });

  it("draws time logarithmically: equal ratios, equal distances", () => {
    const centres = [...document.querySelector("figure.wide")!.querySelectorAll("circle")].map((dot) =>
      Number(dot.getAttribute("cx")),
    );
    const course = evaluationFixture.results.filter(({ compensated }) => !compensated);
    // Courses are drawn one after the other, the uncompensated one first.
    const position = (index: number) => Math.log(course[index]!.sinceProgramming);
    const pixels = (index: number) => centres[index]!;
    const perDecade = (pixels(4) - pixels(0)) / (position(4) - position(0));
    for (let index = 1; index < 4; index++) {
      expect((pixels(index) - pixels(0)) / (position(index) - position(0))).toBeCloseTo(perDecade, 6);
    }
  });

  it("draws accuracies where the axis says", () => {
    const figure = document.querySelector("figure.wide svg")!;
    // Two ticks of the axis give its scale; each point must lie on it.
    const ticks = [...figure.querySelectorAll("[aria-label='y-axis tick label'] text")].map((tick) => ({
      value: Number(tick.textContent),
      y: Number(/,([\d.]+)\)/.exec(tick.getAttribute("transform")!)![1]),
    }));
    const [a, b] = [ticks[0]!, ticks.at(-1)!];
    const centres = [...figure.querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("cy")));
    const drawn = [false, true].flatMap((setting) =>
      evaluationFixture.results.filter(({ compensated }) => compensated === setting),
    );
    drawn.forEach(({ accuracy }, index) => {
      const wanted = a.y + ((100 * accuracy.mean - a.value) / (b.value - a.value)) * (b.y - a.y);
      expect(centres[index]).toBeCloseTo(wanted, 3);
    });
  });

  it("states every mean, interval and spread", () => {
    const text = textOf(report);
    for (const { accuracy } of evaluationFixture.results) {
      expect(text).toContain(percent(accuracy.mean));
      expect(text).toContain(`${percent(accuracy.low)} – ${percent(accuracy.high)}`);
      expect(text).toContain(percent(accuracy.standardDeviation, 3));
    }
  });

  it("states energy by component and layer, the boundary, the GPUs' four terms and every assumption", () => {
    const text = textOf(report);
    const { energy, latency, gpus, assumptions } = evaluationFixture;
    for (const joules of [...Object.values(energy.byComponent), ...Object.values(energy.byLayer)])
      expect(text).toContain(quantity(joules, "J"));
    for (const seconds of Object.values(latency.byComponent)) expect(text).toContain(quantity(seconds, "s"));
    expect(text).toContain(energy.boundary.text);
    for (const name of energy.boundary.excluded) expect(text).toContain(name);
    for (const { terms, ratio } of gpus) {
      for (const term of Object.values(terms)) expect(text).toContain(quantity(term, "J"));
      expect(text).toContain(times(ratio));
    }
    for (const { name } of assumptions) expect(text).toContain(name);
  });

  it("states every public log with what the model says of it, and what it would have said without it", () => {
    const text = textOf(report);
    const { gpus, gpuModel } = evaluationFixture;
    for (const { anchors, latencyAnchors } of gpus) {
      for (const { log, measured, modelled, leaveOneOut } of [...anchors, ...latencyAnchors]) {
        expect(text).toContain(log);
        for (const figure of [modelled, leaveOneOut]) expect(text).toContain((figure / measured).toFixed(2));
      }
    }
    for (const { modelled, leaveOneOut } of Object.values(gpuModel)) {
      expect(text).toContain(`${times(modelled)}; left out: ${times(leaveOneOut)}`);
    }
    // Each log once, however many batches there are.
    expect(text.split("ResNet-50 on a100 (fixture)")).toHaveLength(2);
  });

  it("has a column for the host only where the host is counted", () => {
    const counted = (host: number) =>
      reportOf({
        ...evaluationFixture,
        gpus: evaluationFixture.gpus.map((gpu) => ({ ...gpu, terms: { ...gpu.terms, host } })),
      });
    expect([counted(1e-6), counted(0)].map((page) => page.includes(">Host</th>"))).toEqual([true, false]);
  });

  it("states every factor of compensation", () => {
    const text = textOf(report);
    for (const { factors } of evaluationFixture.results) {
      for (const { mean } of factors ?? []) expect(text).toContain(`${mean.toFixed(4)} ±`);
    }
  });

  it("says how to run it again, with words quoted as a shell needs them", () => {
    expect(textOf(report)).toContain("crossohm evaluate perceptron-fixture.onnx --data 'digits <made up>' --chip pcm");
  });

  it("escapes all text, in tables and in figures", () => {
    const hostile = "<script>alert('a & b')</script>";
    const changed: EvaluationOutput = {
      ...evaluationFixture,
      warnings: [hostile],
      chip: { name: hostile, title: hostile },
      network: {
        ...evaluationFixture.network,
        file: hostile,
        layers: evaluationFixture.network.layers.map((layer) => ({ ...layer, name: `${hostile} ${layer.name}` })),
      },
      energy: { ...evaluationFixture.energy, byComponent: { [hostile]: 1e-9 } },
      gpus: evaluationFixture.gpus.map((gpu) => ({ ...gpu, name: hostile, title: hostile })),
    };
    const page = reportOf(changed);
    expect(page).not.toContain("<script");
    expect(documentOf(page).querySelectorAll("script")).toHaveLength(0);
    expect(documentOf(page).querySelectorAll("figure").length).toBe(8);
    expect(page).toContain("&lt;script&gt;");
  });

  it("is whole where there is little to say: one chip, one time, no GPU, nothing assumed", () => {
    const [only] = evaluationFixture.results;
    const small = reportOf({
      ...evaluationFixture,
      results: [
        {
          ...only!,
          accuracy: {
            mean: 0.97,
            low: null,
            high: null,
            standardDeviation: null,
            chips: [0.97],
            from: { chip: null, testSet: null },
          },
        },
      ],
      causes: [],
      causesByLayer: [],
      histograms: [],
      gpus: [],
      assumptions: [],
      finishedChips: 1,
      network: {
        ...evaluationFixture.network,
        layers: evaluationFixture.network.layers.map((layer) => ({
          ...layer,
          signalToNoise: null,
          relativeError: null,
        })),
      },
    });
    expect(small).not.toMatch(/NaN|undefined|Infinity|\bnull\b/);
    expect(documentOf(small).querySelectorAll("figure").length).toBe(3);
  });

  it("holds no number that is none", () => {
    expect(report).not.toMatch(/NaN|undefined|Infinity|\bnull\b/);
  });
});

describe("the summary in the terminal", () => {
  const text = summaryText(evaluationFixture, { color: false });

  it("has every result with its unit on lines that a terminal holds", () => {
    for (const { accuracy } of evaluationFixture.results) expect(text).toContain(percent(accuracy.mean));
    for (const joules of Object.values(evaluationFixture.energy.byComponent))
      expect(text).toContain(quantity(joules, "J"));
    expect(text).toContain("Float accuracy 98.43 %");
    expect(text).toContain("10,000 of 10,000 in the same class");
    expect(text).toContain("Took 9.42 s on 2 threads, 18.8 µs an image; memory at most 361 MB.");
    expect(text.split("\n").filter((line) => line.length > 110)).toEqual([]);
  });

  it("has colour only where it is wanted", () => {
    expect(text).not.toContain("\u001b");
    expect(summaryText(evaluationFixture, { color: true })).toContain("\u001b");
  });
});

describe("the report of a multiplication", () => {
  const document = documentOf(multiplyReportOf(multiplicationFixture));

  it("draws products against exact ones at the first and the last time, thinned evenly", () => {
    const figures = [...document.querySelectorAll("figure")];
    expect(figures).toHaveLength(2);
    for (const figure of figures) {
      const dots = figure.querySelectorAll("circle").length;
      // 2 chips x 2 readings x 40 vectors x 32 outputs = 5,120 products, of which about 4,000 are drawn.
      expect(dots).toBeGreaterThan(3900);
      expect(dots).toBeLessThan(4100);
    }
  });

  it("states the error at every time", () => {
    const text = document.body.textContent!;
    for (const { plain, bestScalar } of multiplicationFixture.relativeError) {
      expect(text).toContain(percent(plain));
      expect(text).toContain(percent(bestScalar));
    }
  });
});

describe("the report of a device", () => {
  const [loop, , drift] = deviceReports;

  it("says the law with its source, every value, what is assumed, and what the energy includes", async () => {
    const text = textOf(await loop!.report());
    for (const part of [
      "Voltage-threshold-adaptive memristor",
      "dw/dt = (k/d)",
      "doi:10.1109/TCSII.2015.2433536",
      "Work at the terminals of the devices",
      "on.threshold",
      "−200 mV",
      "memtorch",
      "Does not cover",
      "values that no measurement or paper gives",
      "crossohm device vteam",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("numbers its figures and names measured points", async () => {
    const overlay = { file: "cells/measured.csv", figure: "decay" as const, x: [10, 1e4], y: [1e-5, 9e-6] };
    const { document } = parseHTML(await drift!.report({ overlay }));
    const captions = [...document.querySelectorAll("figcaption")].map(({ textContent }) => textContent);
    expect(captions.map((caption) => /^Figure (\d)\./.exec(caption!)![1])).toEqual(["1", "2", "3"]);
    expect(captions[0]).toContain("Open circles: measured.csv, measured.");
  });
});
