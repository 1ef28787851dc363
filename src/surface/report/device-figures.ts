import { type Passage, passagesOf, readSpectrum } from "../../../experiments/characterisation/index.ts";
import { courseFigure } from "./figures/course.ts";
import { decayFigure } from "./figures/decay.ts";
import { distributionFigure, quantileFigure, type Sample } from "./figures/distribution.ts";
import { enduranceFigure } from "./figures/endurance.ts";
import { captioned } from "./figures/frame.ts";
import { loopFigure } from "./figures/loop.ts";
import { readSpectrumFigure } from "./figures/read-spectrum.ts";
import { mostPassages, staircaseFigure } from "./figures/staircase.ts";
import { html, type Markup } from "./markup.ts";
import { fileName, grouped, quantity } from "./numbers.ts";
import type { DeviceOutput } from "./shapes.ts";

interface Drawn {
  readonly svg: Markup;
  readonly caption: Markup;
  readonly wide: boolean;
}

/** Every figure that a protocol has something for, numbered. */
export function deviceFigures(output: DeviceOutput): Markup[] {
  const passages = passagesOf(output.protocol, output.course);
  const drawn = [
    ...loops(output, passages),
    ...staircase(output, passages),
    ...endurance(output, passages),
    ...decays(output, passages),
    ...spectra(output, passages),
    ...distributions(output, passages),
  ];
  const light = passages.some(({ step }) => step.kind === "light");
  const all = light || drawn.length === 0 ? [...courses(output), ...drawn] : drawn;
  return all.map(({ svg, caption, wide }, index) => captioned(index + 1, svg, caption, wide));
}

function loops(output: DeviceOutput, passages: readonly Passage[]): Drawn[] {
  const sweeps = passages.filter(({ step, from, to }) => step.kind === "sweep" && to - from > 1).slice(0, 50);
  if (sweeps.length === 0) return [];
  const [{ step }] = sweeps as [Passage];
  const rate = step.kind === "sweep" ? quantity(step.rate, "V/s") : "";
  return (["linear", "logarithmic"] as const).map((scale) => ({
    svg: loopFigure(output, sweeps, scale),
    caption:
      scale === "linear"
        ? html`Current against voltage, ${sweeps.length === 1 ? "one sweep" : `${sweeps.length} sweeps`} at ${rate}, ${howMany(output, 30)}.${overlaid(output, "loop")}`
        : html`The same, size of the current on a logarithmic axis.`,
    wide: false,
  }));
}

function staircase(output: DeviceOutput, passages: readonly Passage[]): Drawn[] {
  const pulses = passages.filter(({ step, from, to }) => step.kind === "pulse" && to - from > 1);
  const many = pulses.reduce((sum, { from, to }) => sum + to - from - 1, 0);
  if (many < 3) return [];
  const left = pulses.length - mostPassages;
  const cut = left > 0 ? ` The first ${mostPassages} trains of pulses of ${grouped(pulses.length)}.` : "";
  return [
    {
      svg: staircaseFigure(output, pulses),
      caption: html`Conductance, without read noise, after each pulse: blue where pulses are positive, red where negative; ${meanAndBand(output)}. What happens between steps is left out.${cut}${overlaid(output, "staircase")}`,
      wide: true,
    },
  ];
}

function endurance(output: DeviceOutput, passages: readonly Passage[]): Drawn[] {
  const last = new Map<number, number>();
  for (const { step, cycle } of passages) last.set(step.number, Math.max(cycle, last.get(step.number) ?? 0));
  const cycled = passages.filter(({ step }) => last.get(step.number)! >= 9);
  const reads = cycled.filter(({ step }) => step.kind === "read");
  const shown = reads.length > 0 ? reads : cycled;
  if (shown.length === 0) return [];
  return [
    {
      svg: enduranceFigure(output, shown),
      caption: html`Conductance at the end of the repeated steps against the number of the cycle; ${meanAndBand(output)}. Wear and stuck devices show here.`,
      wide: true,
    },
  ];
}

function decays(output: DeviceOutput, passages: readonly Passage[]): Drawn[] {
  const shown = passages
    .filter(
      ({ step, cycle, from, to }) => (step.kind === "wait" || step.kind === "bias") && cycle === 0 && to - from > 2,
    )
    .slice(0, 8);
  if (shown.length === 0) return [];
  return [
    {
      svg: decayFigure(output, shown),
      caption: html`Conductance, without read noise, over the time since each wait or bias began; ${meanAndBand(output)}.${overlaid(output, "decay")}`,
      wide: true,
    },
  ];
}

function spectra(output: DeviceOutput, passages: readonly Passage[]): Drawn[] {
  for (const passage of passages) {
    const spectrum = readSpectrum(output, passage);
    if (!spectrum) continue;
    const { devices, white, flicker } = spectrum;
    const laws = [
      ...(flicker === null ? [] : ["the set's 1/f noise"]),
      ...(white === null ? [] : ["its white noise"]),
      "thermal noise of the mean conductance",
    ];
    return [
      {
        svg: readSpectrumFigure(spectrum),
        caption: html`Power spectral density of the read current over its mean, Welch's method${devices === 1 ? "" : html`, mean of ${grouped(devices)} devices`}, ${grouped(passage.to - passage.from)} reads. Dashed: ${laws.join(", ")}.`,
        wide: true,
      },
    ];
  }
  return [];
}

/** Fewer devices than this make no distribution. */
const fewest = 10;

function distributions(output: DeviceOutput, passages: readonly Passage[]): Drawn[] {
  const { course } = output;
  if (course.devices < fewest) return [];
  const samples: Sample[] = [];
  for (const { step, cycle, to } of passages) {
    if (samples.length === 6 || cycle > 0 || step.kind === "read" || step.kind === "reset") continue;
    const sorted = course.conductance.slice((to - 1) * course.devices, to * course.devices).sort();
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const standardDeviation = Math.sqrt(squares / (sorted.length - 1));
    // Rounding of single precision is no spread, and what a step leaves as it was is seen already.
    const before = samples.at(-1);
    const same = before?.mean === mean && before.standardDeviation === standardDeviation;
    if (standardDeviation > 1e-6 * mean && !same) {
      samples.push({ name: `after ${step.number} ${step.kind}`, sorted, mean, standardDeviation });
    }
  }
  if (samples.length === 0) return [];
  return [
    {
      svg: distributionFigure(samples),
      caption: html`Cumulative distribution of the conductance over ${grouped(course.devices)} devices; dashed, a normal distribution of the same mean and standard deviation.`,
      wide: false,
    },
    {
      svg: quantileFigure(samples),
      caption: html`The same against the quantiles of a normal distribution: what the law's spread and limits make of a normal draw departs from the line.`,
      wide: false,
    },
  ];
}

function courses(output: DeviceOutput): Drawn[] {
  if (output.course.filled < 2) return [];
  return (["conductance", "current"] as const).map((shown) => ({
    svg: courseFigure(output, shown),
    caption:
      shown === "conductance"
        ? html`Conductance over the time of the protocol, without read noise; ${meanAndBand(output)}.`
        : html`Current at the same moments, under the voltage and light of each.`,
    wide: false,
  }));
}

function meanAndBand({ course }: DeviceOutput): string {
  return course.devices === 1
    ? "one device"
    : `mean of ${grouped(course.devices)} devices, the band is one standard deviation`;
}

function howMany({ course }: DeviceOutput, shown: number): string {
  if (course.devices === 1) return "one device";
  return course.devices <= shown
    ? `${course.devices} devices`
    : `the first ${shown} of ${grouped(course.devices)} devices`;
}

function overlaid({ overlay }: DeviceOutput, figure: string): string {
  return overlay?.figure === figure ? ` Open circles: ${fileName(overlay.file)}, measured.` : "";
}
