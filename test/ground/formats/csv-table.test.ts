import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { csvRows, readCsvTable } from "../../../src/ground/formats/csv-table.ts";

describe("tables of numbers", () => {
  it.each([
    ["comma", "1,2\n3,4\n"],
    ["semicolon", "1;2\n3;4"],
    ["tab", "1\t2\r\n3\t4\r\n"],
    ["spaces, as savetxt", "1.0e+00 2.0e+00\n3.0e+00 4.0e+00\n"],
    ["blank lines and comments", "# a comment, with a comma\n\n1, 2\n\n 3,4\n"],
    ["quotes", '"1","2"\n3,4\n'],
    ["a byte order mark", "\ufeff1,2\n3,4"],
    ["old line ends", "1,2\r3,4\r"],
  ])("are read with %s", (_, text) => {
    expect(readCsvTable([text], "a.csv")).toEqual({
      names: null,
      rows: 2,
      columns: 2,
      values: Float64Array.of(1, 2, 3, 4),
    });
  });

  it.each([
    ["words", "V,I\n1,2\n", ["V", "I"]],
    ["quoted words", '"V, at the pad","I ""on"""\n1,2\n', ["V, at the pad", 'I "on"']],
    ["counted columns", "label,0,1\n1,2,3\n", ["label", "0", "1"]],
    ["counted columns from one", "1,2,label\n1,2,3\n", ["1", "2", "label"]],
  ])("take their names from a first row of %s", (_, text, names) => {
    expect(readCsvTable([text], "a.csv")).toMatchObject({ names, rows: 1 });
  });

  it.each([
    ["", "a.csv: an empty table, expected rows of numbers"],
    ["\n  \n# nothing\n", "a.csv: an empty table"],
    ["V,I\n", "a.csv: a header and no rows"],
    ["1,2\n3\n", "a.csv:2: 1 columns, expected 2 as in the first row"],
    ["V,I\n1,2\n\n1,2,3\n", "a.csv:4: 3 columns, expected 2"],
    ["V,I\n1,--\n", 'a.csv:2: column "I" holds "--", expected a number'],
    ["1,2\n1,x\n", 'a.csv:2: column 2 holds "x", expected a number'],
    ["1.5,n/a\n1,2\n", 'a.csv:1: column 2 holds "n/a"'],
    ["V,I\n1,NaN\n", 'column "I" holds "NaN"'],
    ["nan,2\n", 'a.csv:1: column 1 holds "nan"'],
    ["1,Infinity\n", 'column 2 holds "Infinity"'],
    ["1,\n", 'column 2 holds ""'],
    ["1,0x1F\n", 'column 2 holds "0x1F"'],
    ['"1,2\n3,4\n', "a.csv:1: a quote that nothing closes, expected closed quotes"],
    ['V,I\n1,2\n"3"4,5\n', "a.csv:3: "],
    ["1,--2\n", 'a.csv:1: column 2 holds "--2"'],
    ["1,-\n", 'column 2 holds "-"'],
    ["1,.\n", 'column 2 holds "."'],
    ["1,1.2.3\n", 'column 2 holds "1.2.3"'],
    ["1,1e999\n", 'column 2 holds "1e999"'],
    ["1,2 3\n", 'column 2 holds "2 3"'],
    ["1,2,\n3,4\n", 'column 3 holds ""'],
    ["V,I\n1,2,\n", "a.csv:2: 3 columns, expected 2"],
    ['"a","b"\n1,2\n3,"x"\n', 'a.csv:3: column "b" holds "x"'],
    ['"a","b"\n1,2\n3\n', "a.csv:3: 1 columns"],
  ])("refuse %j", (text, message) => {
    expect(() => readCsvTable([text], "a.csv")).toThrow(InputError);
    expect(() => readCsvTable([text], "a.csv")).toThrow(message);
  });

  it("read alike with and without quotes", () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((columns) => fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: 1 }));
    fc.assert(
      fc.property(table, (rows) => {
        const plain = readCsvTable([rows.map((row) => row.join(",")).join("\n")], "a.csv");
        const quoted = readCsvTable(
          [rows.map((row) => row.map((value) => `"${value}"`).join(",")).join("\n")],
          "a.csv",
        );
        expect(plain).toEqual(quoted);
        // A negative zero prints without its sign.
        expect([...plain.values]).toEqual(rows.flat().map((value) => value + 0));
      }),
      { seed: 5 },
    );
  });

  // Number() rounds a decimal correctly, by the language's own definition; one that is rounded twice differs in the last bit.
  it("are the numbers that their decimals mean, however they are written", () => {
    const decimal = fc.oneof(
      fc.stringMatching(/^[+-]?\d{1,18}$/),
      fc.stringMatching(/^[+-]?\d{0,9}\.\d{1,9}$/),
      fc.stringMatching(/^-?\d{1,3}\.$/),
      fc.stringMatching(/^ ?-?\d\.\d{0,17}[eE][+-]?\d{1,2} ?$/),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    );
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 8 }), (fields) => {
        const { values } = readCsvTable([`0,${fields.join(",")}`], "a.csv");
        expect([...values]).toEqual([0, ...fields.map(Number)]);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it("are the same from text cut anywhere", () => {
    const text = '\ufeff# made up\r\n"V, at\r\nthe pad",I\r\n1,2.5\r\r\n"3",-4e1\n\n5,6\r';
    const whole = readCsvTable([text], "a.csv");
    expect(whole).toEqual({
      names: ["V, at\nthe pad", "I"],
      rows: 3,
      columns: 2,
      values: Float64Array.of(1, 2.5, 3, -40, 5, 6),
    });
    for (let i = 0; i <= text.length; i++) {
      for (let j = i; j <= text.length; j++) {
        expect(readCsvTable([text.slice(0, i), text.slice(i, j), text.slice(j)], "a.csv")).toEqual(whole);
      }
    }
  });

  it("come with the line that they stand on", () => {
    const rows = [...csvRows(["# made up\n\nV,I\n1,2\n\n3,4\n"], "a.csv")].map(({ line, names }) => ({ line, names }));
    expect(rows).toEqual([4, 6].map((line) => ({ line, names: ["V", "I"] })));
  });
});
