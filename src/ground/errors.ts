/** What was wrong with something a user gave us: one line, exit status 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A calculation finished without reaching what was asked: numbers in the message, exit status 3. */
export class NotReachedError extends Error {
  override readonly name = "NotReachedError";
}

/** The user stopped the run: exit status 130. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

export interface Complaint {
  /** File or command the input came from, as the user named it. */
  readonly file: string;
  /** Line number, row, key or tensor; omitted where the whole file is meant. */
  readonly place?: string | number | undefined;
  readonly found: string;
  readonly expected: string;
  /** Names close to a misspelt one. */
  readonly near?: readonly string[] | undefined;
}

/** One line: `chip.yaml:3: tile.rows is 512 uS, expected a whole number from 1 to 4096; near: ...` */
export function inputError({ file, place, found, expected, near }: Complaint): InputError {
  const where = place === undefined ? file : `${file}:${place}`;
  const hint = near && near.length > 0 ? `; near: ${near.join(", ")}` : "";
  const line = `${where}: ${found}${expected ? `, expected ${expected}` : ""}${hint}`;
  return new InputError(line.replace(/\s*\n\s*/g, " "));
}

/** The known names within an edit distance of a third of the word, closest first. */
export function namesNear(word: string, known: readonly string[], most = 3): string[] {
  const limit = Math.max(2, Math.ceil(word.length / 3));
  return known
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= limit || name.toLowerCase().startsWith(word.toLowerCase()))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** "a number above 0", "a number from 0 to 1". */
export function rangeInWords(low: number, high: number): string {
  const above = low === Number.MIN_VALUE ? " above 0" : low <= -Number.MAX_VALUE ? "" : ` from ${low}`;
  const upTo = high >= Number.MAX_VALUE ? "" : above === "" ? ` up to ${high}` : ` to ${high}`;
  return `a number${above}${upTo}`;
}
