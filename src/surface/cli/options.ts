import { type Command, Option } from "commander";
import { type Override, readOverride } from "../../../circuits/index.ts";
import { inputError, namesNear } from "../../ground/errors.ts";
import { expectation, quantityIn } from "../../ground/quantities/index.ts";
import { version } from "../files.ts";

/** Reads an option's value; what is none is refused. */
export type Parser<T> = (text: string) => T;

/** Options of every command, read. */
export interface CommonOptions {
  readonly json?: string;
  readonly report?: string;
  readonly seed: number;
  readonly threads: number;
  readonly set?: readonly Override[];
  readonly quiet?: boolean;
}

/** An option with a value: how it is read, and what it is where it is not given. */
export function optionOf<T>(flags: string, meaning: string, parser: Parser<T>, unlessGiven?: string): Option {
  const option = new Option(flags, meaning).argParser(parser);
  return unlessGiven === undefined ? option : option.default(parser(unlessGiven), unlessGiven);
}

/** Adds an option that must be given. It is missed after words that mean nothing are told; commander has it the other way. */
export function withNeeded(command: Command, flags: string, meaning: string): Command {
  const option = new Option(flags, meaning);
  return command.addOption(option).hook("preAction", () => {
    if (command.getOptionValue(option.attributeName()) !== undefined) return;
    command.error(`required option '${flags}' not specified`);
  });
}

/** Adds what every command takes. */
export function withCommonOptions(command: Command, cores: number): Command {
  const seed = wholeNumber("--seed", 0, Number.MAX_SAFE_INTEGER);
  return command
    .option(
      "--set <KEY=VALUE>",
      "override one key of the protocol, parameter set or chip, with its unit; repeatable",
      gathered,
    )
    .option("--json <FILE>", "write the whole result as JSON; - writes it to standard output")
    .option("--report <FILE.html>", "write the result for people: one self-contained page")
    .addOption(optionOf("--seed <N>", "seed of all randomness", seed, "1"))
    .addOption(
      optionOf("--threads <N>", "they change no bit of the result", wholeNumber("--threads", 1, 1024), `${cores}`),
    )
    .option("--quiet", "no progress and log lines")
    .version(version(), "--version", "print the version");
}

function gathered(text: string, before: readonly Override[] = []): readonly Override[] {
  return [...before, readOverride(text)];
}

export function wholeNumber(option: string, low: number, high: number): Parser<number> {
  return (text) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    const expected =
      high < Number.MAX_SAFE_INTEGER ? `a whole number from ${low} to ${high}` : `a whole number from ${low}`;
    throw inputError({ file: option, found: shown(text), expected });
  };
}

/** A finite number that passes; `expected` says what would. */
export function number(option: string, passes: (value: number) => boolean, expected: string): Parser<number> {
  return (text) => {
    const value = quantityIn("1", text);
    if (value !== undefined && Number.isFinite(value) && passes(value)) return value;
    throw inputError({ file: option, found: shown(text), expected });
  };
}

/** Finite numbers that pass, comma-separated; each may be written as a quotient: 1/255, 0.5/0.25/255. */
export function numbers(
  option: string,
  passes: (value: number) => boolean,
  expected: string,
): Parser<readonly number[]> {
  return (text) =>
    entriesOf(text).map((entry) => {
      const factors = entry.split("/").map((factor) => quantityIn("1", factor.trim()) ?? Number.NaN);
      const value = factors.slice(1).reduce((quotient, factor) => quotient / factor, factors[0]!);
      if (Number.isFinite(value) && passes(value)) return value;
      throw inputError({ file: option, found: shown(entry), expected });
    });
}

/** A positive, finite quantity of that unit. */
export function positiveQuantity(option: string, unit: string): Parser<number> {
  return (text) => {
    const value = quantityIn(unit, text);
    if (value !== undefined && value > 0 && value < Infinity) return value;
    throw inputError({ file: option, found: shown(text), expected: `${expectation(unit)}, above 0` });
  };
}

/** Times from 0, comma-separated: each once, in order. */
export function timeList(option: string): Parser<readonly number[]> {
  return (text) => {
    const times = entriesOf(text).map((entry) => {
      const time = quantityIn("s", entry);
      if (time !== undefined && time >= 0 && time < Infinity) return time + 0;
      throw inputError({ file: option, found: shown(entry), expected: "times from 0, such as 0,1h,1d,30d,1y" });
    });
    return [...new Set(times)].sort((a, b) => a - b);
  };
}

export function oneOf<Word extends string>(option: string, words: readonly Word[]): Parser<Word> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw inputError({ file: option, found: shown(text), expected: words.join(" or "), near: namesNear(text, words) });
  };
}

/** Comma-separated words, each one of those. */
export function someOf<Word extends string>(option: string, words: readonly Word[]): Parser<readonly Word[]> {
  const one = oneOf(option, words);
  return (text) => [...new Set(entriesOf(text).map(one))];
}

/** Comma-separated whole numbers from 1. */
export function counts(option: string): Parser<readonly number[]> {
  const count = wholeNumber(option, 1, 1_000_000);
  return (text) => [...new Set(entriesOf(text).map(count))];
}

/** Entries that are either whole numbers from 1 or one word: batch sizes. */
export function countsOr<Word extends string>(option: string, word: Word): Parser<readonly (number | Word)[]> {
  const count = wholeNumber(option, 1, 1_000_000);
  return (text) => [...new Set(entriesOf(text).map((entry) => (entry === word ? word : count(entry))))];
}

function entriesOf(text: string): string[] {
  return text.split(",").map((entry) => entry.trim());
}

function shown(text: string): string {
  return text === "" ? "nothing" : `"${text}"`;
}
