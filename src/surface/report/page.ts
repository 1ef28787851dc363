import { html, Markup } from "./markup.ts";

/** One self-contained page: no script, nothing fetched, light, and readable on paper. */
export function page(title: string, body: Markup): string {
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
  return whole.text;
}

export interface Column {
  readonly title: string;
  /** Text begins at the left; numbers end at the right. */
  readonly text?: boolean;
}

type Cell = string | number | Markup;

/** A table with its caption; the first cell of a row names the row. */
export function table(
  caption: string | Markup,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Markup {
  const kind = (index: number) => (columns[index]?.text ? new Markup(' class="text"') : "");
  const cells = (row: readonly Cell[]) =>
    row.map((cell, index) =>
      index === 0 ? html`<th scope="row"${kind(0)}>${cell}</th>` : html`<td${kind(index)}>${cell}</td>`,
    );
  return html`<div class="table"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ title }, index) => html`<th scope="col"${kind(index)}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${cells(row)}</tr>\n`)}</tbody>
</table></div>
`;
}

/** Names with their values, for what is no table. */
export function facts(entries: readonly (readonly [string, Cell])[]): Markup {
  return html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>\n`;
}

export function section(title: string, ...content: readonly (Markup | null)[]): Markup {
  return html`<section>\n<h2>${title}</h2>\n${content}</section>\n`;
}

const style = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #22292e; font: 15px/1.5 Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; }
main { max-width: 944px; margin: 0 auto; padding: 40px 32px 64px; }
header { border-bottom: 2px solid #22292e; padding-bottom: 18px; margin-bottom: 8px; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 38px 0 10px; }
header p, .note { color: #55616a; margin: 4px 0; }
.note { font-size: 13px; max-width: 76ch; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); gap: 26px 20px; margin-top: 26px; }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(122px, 1fr)); gap: 16px 20px; margin: 22px 0 6px; }
.headline div { border-top: 1px solid #b9c2c8; padding-top: 8px; }
.headline dt { color: #55616a; font-size: 13px; }
.headline dd { margin: 0; font-size: 21px; font-weight: 600; letter-spacing: -0.01em; }
.headline small { display: block; font-size: 12.5px; font-weight: 400; color: #55616a; letter-spacing: 0; }
figure { margin: 0; break-inside: avoid; }
figure.wide { grid-column: 1 / -1; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { font-size: 13px; line-height: 1.45; color: #3b4a54; margin-top: 6px; max-width: 92ch; }
.table { overflow-x: auto; margin: 14px 0 22px; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; min-width: 60%; }
caption { text-align: left; font-size: 13px; color: #3b4a54; padding-bottom: 6px; }
th, td { text-align: right; padding: 4px 14px 4px 0; vertical-align: top; font-weight: 400; }
th.text, td.text { text-align: left; }
td + .text, th + .text { padding-left: 10px; }
thead th { font-weight: 600; border-bottom: 1px solid #22292e; vertical-align: bottom; }
tbody tr { border-bottom: 1px solid #e6eaec; break-inside: avoid; }
td, tbody th { white-space: nowrap; }
td.text, tbody th.text { white-space: normal; }
tbody th.text { min-width: 11.5em; overflow-wrap: anywhere; }
tbody th code { white-space: nowrap; }
thead th { max-width: 7.5em; }
section > dl { margin: 10px 0 18px; font-size: 13.5px; }
section > dl div { display: grid; grid-template-columns: 190px 1fr; gap: 12px; padding: 4px 0; border-bottom: 1px solid #e6eaec; }
section > dl dt { color: #55616a; }
section > dl dd { margin: 0; overflow-wrap: anywhere; }
code { font: 0.92em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.warning { border-left: 3px solid #c2491d; padding: 2px 0 2px 12px; margin: 8px 0; }
footer { border-top: 1px solid #b9c2c8; margin-top: 40px; padding-top: 12px; color: #55616a; font-size: 12.5px; }
@media print {
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  .table { overflow: visible; }
  table { font-size: 7.5pt; }
  th, td { padding-right: 9px; }
  .figures { grid-template-columns: 1fr 1fr; }
  .headline { grid-template-columns: repeat(6, 1fr); }
  .headline dd { font-size: 13pt; }
  .headline dt, .headline small { font-size: 8pt; }
  @page { margin: 16mm 14mm; }
}
`;
