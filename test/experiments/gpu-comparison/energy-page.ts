import { account, costsOf, energyOf, Ledger, programmingEnergy } from "../../../circuits/energy/index.ts";
import {
  type Anchor,
  energyPerByte,
  energyPerMac,
  type ModelError,
} from "../../../experiments/gpu-comparison/index.ts";
import type { Known } from "../../../src/ground/known.ts";
import { type KnownValue, leafAt, leavesOf } from "../../../src/ground/known-tree.ts";
import { formatQuantity } from "../../../src/ground/quantities/index.ts";
import { chipWith, fileOf, valuesOf } from "../../circuits/energy/phase-change-chip.ts";
import { type CoreProduct, coreProducts, publishedProducts } from "./core-product.ts";
import { anchors, gpu, shipped } from "./files.ts";

const tree = valuesOf("costs/phase-change-32nm");
const costs = costsOf(tree, chipWith());
const logs = valuesOf("gpus/anchors");
const core = await coreProducts();
const coreCosts = valuesOf("costs/hermes-14nm");

/** The tables of docs/energy.md, by the mark they stand between. */
const tables: Readonly<Record<string, () => string>> = {
  operations: () =>
    table(
      ["operation", "each", "formula", "node", "known", "source"],
      Object.values(costs.operations).map(({ operation, each, formula, node, howKnown, source }) => [
        `\`${operation}\``,
        each === 0 && formula.endsWith("reported by the array")
          ? "its work"
          : operation === "supplyHeadroom"
            ? formatQuantity(each, "J/J")
            : formatQuantity(each, operation === "static" ? "W" : "J"),
        operation === "static" ? `${formula}; P_digital = ${formatQuantity(costs.staticPower.digital, "W")}` : formula,
        node === null ? "" : nanometres(node),
        howKnown,
        source ?? "",
      ]),
    ),
  converters: () =>
    table(
      ["bits", "100 MS/s", "1 GS/s"],
      [4, 5, 6, 7, 8, 9, 10, 12].map((bits) => [
        `${bits}`,
        ...[1e8, 1e9].map((rate) => {
          const chip = chipWith({ outputBits: bits, conversionTime: 1 / rate });
          return formatQuantity(costsOf(tree, chip).operations.outputConversion!.each, "J");
        }),
      ]),
    ),
  programming: () =>
    table(
      ["iterations", "pulse", "verify read", "a device", "one million devices", "known"],
      [
        [
          `${costs.programming.iterations}`,
          formatQuantity(costs.programming.pulse, "J"),
          formatQuantity(costs.programming.verify, "J"),
          formatQuantity(programmingEnergy(1, costs), "J"),
          formatQuantity(programmingEnergy(1e6, costs), "J"),
          costs.programming.howKnown,
        ],
      ],
    ),
  silicon: () => {
    const { byComponent, total } = energyOf(silicon());
    const operations = 2 * 256 * 256;
    const measured = operations / 9.76e12;
    return table(
      ["component", "J a product", "share"],
      [
        ...Object.entries(byComponent).map(([name, joules]) => [
          name,
          formatQuantity(joules, "J"),
          percent(joules / total),
        ]),
        ["total by this table", formatQuantity(total, "J"), "100 %"],
        ["measured", formatQuantity(measured, "J"), percent(measured / total)],
      ],
    );
  },
  core: () => {
    const row = (name: string, figure: (product: CoreProduct) => string): string[] => [name, ...core.map(figure)];
    const share = (found: number, published: number, unit: string): string =>
      `${formatQuantity(found, unit)} (${percent(found / published)})`;
    const known = (figure: (of: (typeof publishedProducts)[number]) => number, unit: string): string[] =>
      publishedProducts.map((of) => formatQuantity(figure(of), unit));
    return table(
      ["a product of one core", "four phases", "one phase"],
      [
        ...core[0]!.components.map((name) => row(name, ({ energy }) => formatQuantity(energy.byComponent[name]!, "J"))),
        row("array, converters and input pulses", (of) => share(of.inside, of.published.energy, "J")),
        ["published", ...known(({ energy }) => energy, "J")],
        ...core[0]!.outside.map((name) => row(name, ({ energy }) => formatQuantity(energy.byComponent[name]!, "J"))),
        row("latency", (of) => share(of.latency, of.published.latency, "s")),
        ["published", ...known(({ latency }) => latency, "s")],
        row("64 cores", (of) => `${(of.rate / 1e12).toFixed(1)} T/s, ${(of.efficiency / 1e12).toFixed(2)} T/J`),
        ["published", ...publishedProducts.map((of) => `${of.rate / 1e12} T/s, ${of.efficiency / 1e12} T/J`)],
      ],
    );
  },
  values: () => valuesTable(leavesOf(tree)),
  coreValues: () => valuesTable(leavesOf(coreCosts).filter(([path, leaf]) => differs(path, leaf))),
  gpus: () =>
    table(
      [
        "",
        "peak fp32 / fp16 / int8",
        "memory",
        "board, static",
        "node",
        "u_one, u_large",
        "launch",
        "e_op fp16, int8",
        "e_byte",
      ],
      shipped
        .map(gpu)
        .map((each) => [
          `\`${each.name}\` ${each.title}`,
          `${[each.peak.fp32, each.peak.fp16, each.peak.int8].map((peak) => peak / 1e12).join(" / ")} T/s`,
          `${each.memory / 1e9} GB, ${each.bandwidth / 1e9} GB/s`,
          `${each.boardPower} W, ${each.staticPower} W`,
          nanometres(each.node),
          `${each.utilisation.one}, ${each.utilisation.large}`,
          formatQuantity(each.launch, "s"),
          `${formatQuantity(energyPerMac(each, "fp16"), "J")}, ${formatQuantity(energyPerMac(each, "int8"), "J")}`,
          formatQuantity(energyPerByte(each), "J"),
        ]),
    ),
  anchors: () => beside(anchors.energy, anchors.error.energy, "J"),
  latencies: () => beside(anchors.latency, anchors.error.latency, "s"),
  sources: () => {
    const works = fileOf("sources") as Record<string, { text: string; doi?: string; url?: string }>;
    const trees = [tree, coreCosts, logs, ...shipped.map((name) => valuesOf(`gpus/${name}`))];
    const cited = new Set([
      ...trees.flatMap((each) => leavesOf(each).map(([, { source }]) => source)),
      "le-gallo-2023",
    ]);
    return Object.entries(works)
      .filter(([key]) => cited.has(key))
      .map(([key, { text, doi, url }]) => `- **${key}**: ${text}. ${doi ? `https://doi.org/${doi}` : url}`)
      .join("\n");
  },
};

/** Logs with the model beside them; the last row has the root mean square of the factors. */
function beside(anchorsByGpu: ReadonlyMap<string, readonly Anchor[]>, error: ModelError, unit: string): string {
  const rows = [...anchorsByGpu].flatMap(([name, logs]) =>
    logs.map(({ log, batch, precision, measured, modelled, leaveOneOut }) => [
      `\`${name}\``,
      log,
      `${batch}, ${precision}`,
      formatQuantity(measured, unit),
      formatQuantity(modelled, unit),
      (modelled / measured).toFixed(2),
      formatQuantity(leaveOneOut, unit),
      (leaveOneOut / measured).toFixed(2),
    ]),
  );
  const last = [
    "",
    `typical factor over ${error.logs} logs`,
    "",
    "",
    "",
    error.modelled.toFixed(2),
    "",
    error.leaveOneOut.toFixed(2),
  ];
  const head = ["", "log", "batch", "measured", "modelled", "/ measured", "leave one out", "/ measured"];
  return table(head, [...rows, last]);
}

/** One product of a 256 x 256 core with one converter a column, as the chip of Le Gallo 2023 does it in 133 ns. */
export function silicon() {
  const small = costsOf(tree, chipWith({ columns: 256, conversionTime: 133e-9 }));
  const ledger = new Ledger();
  const place = "core";
  ledger.add({ operation: "cellRead", place, count: 256 * 256 * 2, work: 256 * 256 * 0.2 ** 2 * 5e-6 * 64e-9 });
  for (const operation of ["inputConversion", "wordLineDrive", "accumulate", "bufferRead", "bufferWrite"]) {
    ledger.add({ operation, place, count: 256 });
  }
  ledger.add({ operation: "outputConversion", place, count: 256, duration: 133e-9 });
  return account(ledger.entries(), small, 1);
}

/** What the core's own table says otherwise than the phase-change chip's. */
function differs(path: string, { value }: Known<KnownValue>): boolean {
  return leafAt(tree, path)?.value !== value;
}

function valuesTable(leaves: readonly [string, Known<KnownValue>][]): string {
  return table(
    ["value", "", "known", "source"],
    leaves.map(([path, leaf]) => [`\`${path}\``, shownValue(leaf), leaf.howKnown, leaf.source ?? ""]),
  );
}

/** The page with every table written anew. */
export function withTables(page: string): string {
  return Object.entries(tables).reduce((text, [name, render]) => {
    const marks = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    if (!marks.test(text)) throw new Error(`docs/energy.md has no marks for ${name}`);
    return text.replace(marks, (_all, open: string, close: string) => `${open}${render()}\n${close}`);
  }, page);
}

function shownValue({ value, unit }: Known<KnownValue>): string {
  if (typeof value !== "number") return `${value}`;
  return unit === "m" ? nanometres(value) : formatQuantity(value, unit, 6);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

const nanometres = (metres: number): string => `${Math.round(metres * 1e9)} nm`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;
