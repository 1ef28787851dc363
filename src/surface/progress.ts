import { type Options, SingleBar } from "cli-progress";
import { formatDuration } from "../ground/quantities/index.ts";

/** Where progress goes. */
export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Tells a person what a run does: a bar with rate and time left on a terminal, one line a stage elsewhere, nothing when quiet. */
export interface Progress {
  /** A stage of the work begins; the one before it is over. `total` 0: its length is not known. */
  stage(title: string, total: number): { progress(amount: number): void };
  log(line: string): void;
  /** Ends what is being shown. */
  close(): void;
}

export function progressTo(terminal: Terminal, quiet: boolean, now: () => number = () => performance.now()): Progress {
  if (quiet) return { stage: () => ({ progress() {} }), log() {}, close() {} };
  let bar: SingleBar | undefined;
  const close = () => {
    bar?.stop();
    bar = undefined;
  };
  const log = (line: string) => {
    close();
    terminal.write(`${line}\n`);
  };
  return {
    log,
    close,
    stage(title, total) {
      if (!terminal.isTTY || total === 0) {
        log(title);
        return { progress() {} };
      }
      close();
      const started = now();
      const own = new SingleBar(barOptions(terminal, title, () => (now() - started) / 1000));
      bar = own;
      own.start(total, 0);
      return { progress: (amount) => own.increment(amount) };
    },
  };
}

const barWidth = 24;

function barOptions(terminal: Terminal, title: string, elapsed: () => number): Options {
  return {
    stream: terminal as unknown as NodeJS.WriteStream,
    format: (_, { value, total, progress }) => {
      const done = Math.round(progress * barWidth);
      const bar = `${"#".repeat(done)}${"-".repeat(barWidth - done)}`;
      return `${title} ${bar} ${Math.floor(100 * progress)} %${paceOf(value, total, elapsed())}`;
    },
    fps: 5,
    hideCursor: true,
    gracefulExit: false,
    linewrap: true,
  };
}

/** ", 12.5k a second, 8 s left"; nothing before there is something to go by. */
export function paceOf(done: number, total: number, seconds: number): string {
  if (done <= 0 || seconds <= 0) return "";
  const rate = done / seconds;
  const left = Math.max(0, (total - done) / rate);
  return `, ${compact(rate)} a second, ${left >= 60 ? formatDuration(left, 2) : `${Math.ceil(left)} s`} left`;
}

function compact(count: number): string {
  const [size, letter] = count >= 1e6 ? [1e6, "M"] : count >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${Number((count / size).toPrecision(3))}${letter}`;
}
