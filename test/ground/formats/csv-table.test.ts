import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/ground/errors.ts";
import { readCsvTable } from "../../../src/ground/formats/csv-table.ts";

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
    expect(readCsvTable(text, "a.csv")).toEqual({
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
    expect(readCsvTable(text, "a.csv")).toMatchObject({ names, rows: 1 });
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
    ['"1,2\n3,4\n', "expected closed quotes"],
    ['"a","b"\n1,2\n3,"x"\n', 'a.csv:3: column "b" holds "x"'],
    ['"a","b"\n1,2\n3\n', "a.csv:3: 1 columns"],
  ])("refuse %j", (text, message) => {
    expect(() => readCsvTable(text, "a.csv")).toThrow(InputError);
    expect(() => readCsvTable(text, "a.csv")).toThrow(message);
  });

  it("read alike with and without quotes", () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((columns) => fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: 1 }));
    fc.assert(
      fc.property(table, (rows) => {
        const plain = readCsvTable(rows.map((row) => row.join(",")).join("\n"), "a.csv");
        const quoted = readCsvTable(rows.map((row) => row.map((value) => `"${value}"`).join(",")).join("\n"), "a.csv");
        expect(plain).toEqual(quoted);
        // A negative zero prints without its sign.
        expect([...plain.values]).toEqual(rows.flat().map((value) => value + 0));
      }),
      { seed: 5 },
    );
  });
});
