import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embedded, embeddedBelow, embeddedNames } from "../../../src/ground/embedded/index.ts";
import { isKnown } from "../../../src/ground/known.ts";
import { leavesOf, readKnownTree } from "../../../src/ground/known-tree.ts";
import { buildData } from "../../../src/surface/build/data.mjs";

describe("what the package holds", () => {
  it("names the files of a folder and gives their content", () => {
    expect(embeddedNames("devices/phase-change")).toContain("joshi-2020");
    expect(embeddedNames("devices")).toEqual(["common"]);
    expect(embeddedBelow("devices")).toContain("devices/ideal/exact");
    expect(embedded("devices/phase-change/joshi-2020")).toMatchObject({ name: "joshi-2020", model: "pcm" });
    expect(() => embedded("devices/none")).toThrow("no data/devices/none.yaml");
  });

  // A value nobody can trace is worth nothing: every leaf of every set, table and chip says how it is known, and its source exists.
  it.each(embeddedBelow("devices").concat(embeddedBelow("costs"), embeddedBelow("chips"), embeddedBelow("gpus")))(
    "%s says of every value how it is known",
    (path) => {
      const sources = Object.keys(embedded("sources") as object);
      const { name, title, model, inherits, law, protocols, notCovered, ...tree } = embedded(path) as Record<
        string,
        unknown
      >;
      // What all device sets inherit is no set itself.
      if (path !== "devices/common") expect(path.endsWith(`/${name}`)).toBe(true);
      const { source: lawSource = null } = (law ?? {}) as { source?: string | null };
      for (const source of lawSource?.split(", ") ?? []) expect(sources, `${path} law`).toContain(source);
      const read = readKnownTree(tree, path, { howKnown: "assumed", source: "unsaid" });
      for (const [at, leaf] of leavesOf(read)) {
        expect(isKnown(leaf), at).toBe(true);
        expect(leaf.source, at).not.toBe("unsaid");
        for (const source of leaf.source?.split(", ") ?? []) expect(sources, `${path} ${at}`).toContain(source);
      }
    },
  );
});

describe("embedding", () => {
  let root = "";
  const generated = () => join(root, "src", "ground", "embedded", "generated", "data.ts");
  const write = (path: string, text: string) => {
    mkdirSync(join(root, "data", path, ".."), { recursive: true });
    writeFileSync(join(root, "data", path), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "embedding-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("takes YAML below data, networks apart, and is left alone when nothing changed", () => {
    write("b/two.yaml", "limit: .inf\nlist: [1, null, yes]\n");
    write("a.yaml", 'text: "quote \\" and \\u2028"\n');
    write("networks/training.yaml", "epochs: 3\n");
    write("note.txt", "no");
    expect(buildData(root)).toBe(true);
    const made = readFileSync(generated(), "utf8");
    expect(made).toContain('"a": { "text":');
    expect(made).toContain('"b/two": { "limit": Infinity, "list": [1, null, "yes"] }');
    expect(made).not.toContain("epochs");
    const before = new Date(1e12);
    utimesSync(generated(), before, before);
    expect(buildData(root)).toBe(false);
    expect(statSync(generated()).mtimeMs).toBe(1e12);
  });

  it("gives the same module for line ends of Windows", () => {
    write("a.yaml", "x: 1\ny: |\n  two\n  lines\n");
    buildData(root);
    const made = readFileSync(generated(), "utf8");
    write("a.yaml", "x: 1\r\ny: |\r\n  two\r\n  lines\r\n");
    expect(buildData(root)).toBe(false);
    expect(readFileSync(generated(), "utf8")).toBe(made);
  });

  it("names file and line of broken YAML", () => {
    write("a.yaml", "x: 1\nx: 2\n");
    expect(() => buildData(root)).toThrow(/^data\/a\.yaml:2: Map keys must be unique/);
  });
});
