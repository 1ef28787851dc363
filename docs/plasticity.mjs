/**
 * The tables and the picture of docs/plasticity.md from the library itself: the rules of the registry, their windows measured through devices,
 * and how pulses of both signs balance in every pulsed device. Writes docs/plasticity-windows.svg and the tables between
 * their marks in docs/plasticity.md. `node docs/plasticity.mjs`, after a build; it takes about a minute.
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as Plot from "@observablehq/plot";

const at = (path) => new URL(`../${path}`, import.meta.url);
const library = (path) => import(at(`dist/${path}.js`));
const { figure, gridY, ink, inks } = await library("src/surface/report/figures/frame");
const { localRules, measureWindow, ruleWindows, signals, ThreeFactorDevices } =
  await library("circuits/plasticity/index");
const { pulseBalance } = await library("crossbar/plasticity/index");
const { deviceModel, deviceModels, shippedParameterSet } = await library("devices/index");
const { readKnownTree } = await library("src/ground/known-tree");
const { openEngine } = await library("src/ground/kernels/index");
const { drawOf } = await library("src/ground/draws/index");

const draw = drawOf(1);
const switches = { programmingNoise: true, drift: true, readNoise: false, polarity: false };
const prepared = (model, set) =>
  deviceModel(model).prepare(readKnownTree(shippedParameterSet(model, set).tree.values, set));
const newEngine = () => openEngine(1 << 26, "typescript");

const number = (value, digits = 3) => `${Number(value.toPrecision(digits))}`.replaceAll("-", "−");
const share = (value) => (Math.abs(value) < 5e-4 ? "0" : value.toFixed(3).replace("-", "−"));
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

function rulesTable() {
  const keeps = ({ row, column, synapse, array }) =>
    [
      [row, "a row"],
      [column, "a column"],
      [synapse, "a synapse"],
      [array, "the array"],
    ]
      .filter(([count]) => count > 0)
      .map(([count, where]) => `${count} ${where}`)
      .join(", ") || "nothing";
  return table(
    ["rule", "law", "sees", "keeps, numbers", "reaches", "gives", "source"],
    localRules.map((rule) => [
      `\`${rule.name}\``,
      rule.law.replaceAll("|", "\\|"),
      rule.needs.map((signal) => `${signal} (${signals[signal]})`).join(", "),
      rule.gives === "stimuli" ? "nothing: the device does" : keeps(rule.keeps),
      rule.reach,
      rule.gives,
      rule.source,
    ]),
  );
}

function parametersTable() {
  return table(
    ["rule", "parameter", "usual", "unit", "known from", "meaning"],
    localRules.flatMap(({ name, parameters }) =>
      Object.entries(parameters).map(([key, { value, unit, howKnown, text, words }]) => [
        `\`${name}\``,
        `\`${key}\``,
        words ? words.join(", ") : number(value, 6),
        unit || "word",
        howKnown,
        text,
      ]),
    ),
  );
}

const measuredOn = [
  { name: "soft bounds", model: "pulse-response", set: "soft-bounds", differential: false, ink: inks[0] },
  { name: "phase change, pair", model: "pcm-accumulation", set: "nandakumar-2018", differential: true, ink: inks[1] },
  { name: "VTEAM", model: "vteam", set: "simbrain-cms", differential: false, ink: inks[2] },
];
const own = { name: "chalcogenide, its own trace", ink: inks[3] };

/** What light writes after a coincidence, by the delay between them, in spans of the device. */
async function ownTrace() {
  const device = prepared("chalcogenide", "sarwat-2022");
  const engine = await newEngine();
  const count = 64;
  const one = [1];
  const quiet = new Array(count).fill(0);
  const points = [];
  for (let delay = 0; delay <= 3.01; delay += 0.2) {
    const mark = engine.memory.mark();
    const cells = device.create(engine, count, draw, switches);
    const rule = new ThreeFactorDevices(cells, device.operation, count, Object.keys(signals));
    const [before, after, work] = [new Float32Array(count), new Float32Array(count), new Float64Array(count)];
    cells.conductance(before);
    rule.step({ "pre spikes": quiet.map(() => 1), "post spikes": one, "third factor": 0 }, work);
    cells.elapse(delay);
    rule.step({ "pre spikes": quiet, "post spikes": [0], "third factor": 1 }, work);
    cells.elapse(100);
    cells.conductance(after);
    const changes = Array.from(after, (now, k) => (now - before[k]) / (device.targetRange - device.targetLow));
    const mean = changes.reduce((sum, change) => sum + change, 0) / count;
    const deviation = Math.sqrt(changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / (count - 1));
    points.push({ value: delay, requested: null, mean, deviation });
    engine.memory.release(mark);
  }
  return points;
}

function panel(rule, abscissa, courses) {
  const points = courses.flatMap(({ ink: stroke, points: own }) => own.map((point) => ({ ...point, stroke })));
  const requested = courses[0].points.filter(({ requested: asked }) => asked !== null);
  const scaled = (share) => (point) => 100 * share(point);
  const places = { x: "value", z: "stroke" };
  return figure(`Change of the weight by ${rule} through devices`, {
    width: 330,
    height: 210,
    marginLeft: 48,
    marginBottom: 40,
    marginTop: 26,
    x: { label: abscissa, labelArrow: "none", labelAnchor: "center", ticks: 5 },
    y: { label: null, ticks: 5 },
    marks: [
      gridY(5),
      Plot.areaY(points, {
        ...places,
        y1: scaled(({ mean, deviation }) => mean - deviation),
        y2: scaled(({ mean, deviation }) => mean + deviation),
        fill: "stroke",
        fillOpacity: 0.13,
      }),
      Plot.lineY(requested, {
        x: "value",
        y: scaled(({ requested: asked }) => asked),
        stroke: ink.plain,
        strokeWidth: 3,
        strokeOpacity: 0.45,
      }),
      Plot.lineY(points, { ...places, y: scaled(({ mean }) => mean), stroke: "stroke", strokeWidth: 1.4 }),
      Plot.text([`${rule}: Δw, %`], { frameAnchor: "top-left", dx: -40, dy: -20, fontWeight: "bold", fill: ink.plain }),
    ],
  }).text;
}

async function windows() {
  const panels = [];
  for (const window of ruleWindows) {
    const courses = [];
    for (const { model, set, differential, ink: colour } of measuredOn) {
      const device = prepared(model, set);
      const points = measureWindow(await newEngine(), window, { device, differential, synapses: 100, switches }, draw);
      courses.push({ ink: colour, points });
    }
    panels.push(panel(window.rule, window.abscissa, courses));
  }
  const trace = panel("three-factor-in-device", "light after the coincidence, s", [
    { ink: own.ink, points: await ownTrace() },
  ]);
  panels.splice(6, 0, trace);
  const [columns, width, height, top] = [3, 345, 222, 34];
  const rows = Math.ceil(panels.length / columns);
  const key = [{ name: "asked for", ink: ink.plain }, ...measuredOn, own]
    .map(
      ({ name, ink: colour }, k) =>
        `<rect x="${16 + 190 * k}" y="11" width="18" height="4" fill="${colour}"/><text x="${40 + 190 * k}" y="17" fill="#22292e">${name}</text>`,
    )
    .join("");
  const placed = panels.map(
    (svg, k) =>
      `<g transform="translate(${(k % columns) * width} ${top + Math.floor(k / columns) * height})">${svg}</g>`,
  );
  const size = `width="${columns * width}" height="${top + rows * height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="Windows of local learning rules measured through devices" style="background:white;font-family:Inter,Helvetica,Arial,sans-serif;font-size:12px">${key}${placed.join("")}</svg>\n`;
}

const prefixes = [
  [1, "S"],
  [1e-3, "mS"],
  [1e-6, "µS"],
  [1e-9, "nS"],
  [1e-12, "pS"],
];
/** "16.7 ± 6.8 nS" */
function siemens({ mean, standardDeviation }) {
  if (Math.abs(mean) < 1e-15) return "0 S";
  const [scale, unit] = prefixes.find(([least]) => Math.abs(mean) >= 0.9995 * least) ?? prefixes.at(-1);
  return `${number(mean / scale)} ± ${number(standardDeviation / scale, 2)} ${unit}`;
}

async function balanceTable() {
  const rows = [];
  for (const { name: model, parameterSets } of deviceModels) {
    for (const set of parameterSets) {
      const device = prepared(model, set);
      const { potentiate, depress } = device.operation;
      if (!potentiate) continue;
      if (!depress) {
        rows.push([`\`${model}\``, set, "", "no pulse lowers it", "", "", "", ""]);
        continue;
      }
      const { up, down, asymmetry, symmetryPoint, imbalance, pairs } = pulseBalance(
        await newEngine(),
        device,
        100,
        draw,
      );
      const span = device.targetRange - device.targetLow;
      const place = span > 0 ? `${number((100 * (symmetryPoint.mean - device.targetLow)) / span)} %` : "";
      rows.push([
        `\`${model}\``,
        set,
        siemens(up),
        siemens(down),
        share(asymmetry ?? 0),
        siemens(symmetryPoint),
        place,
        `${pairs}, ${share(imbalance ?? 0)}`,
      ]);
    }
  }
  return table(
    ["model", "set", "step up", "step down", "asymmetry", "symmetry point", "of the span", "pairs, imbalance left"],
    rows,
  );
}

/** The page with a part between its marks replaced. */
function withPart(page, name, text) {
  const [begin, end] = [`<!-- ${name}: by docs/plasticity.mjs -->\n`, `\n<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/plasticity.md has no part "${name}"`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
}

let page = readFileSync(at("docs/plasticity.md"), "utf8");
page = withPart(page, "rules", rulesTable());
page = withPart(page, "parameters", parametersTable());
page = withPart(page, "balance", await balanceTable());
writeFileSync(at("docs/plasticity-windows.svg"), await windows());
writeFileSync(at("docs/plasticity.md"), page);
