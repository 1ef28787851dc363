import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const houses: string[] = [];
afterEach(() => {
  for (const house of houses.splice(0)) rmSync(house, { recursive: true, force: true });
});

// A house of toys: npm, compilers and tests that write what they did to a diary. No network, nothing of the emulator.
const diary = `import { appendFileSync } from "node:fs"; const did = (what) => appendFileSync(${JSON.stringify("DIARY")}, what + "\\n");`;
const toys: Record<string, string> = {
  "package.json": '{ "type": "module" }',
  "package-lock.json": '{ "packages": { "": {}, "node_modules/toy": { "version": "1.0.0" } } }',
  "tsconfig.json": "{}",
  "data/set.yaml": "a: 1\n",
  "devices/kernel.as.ts": "export {};\n",
  "devices/cell.ts": "export const cell = 1;\n",
  "toys/npm-cli.js": `DIARY did("npm " + process.argv.slice(2).join(" "));
    import { mkdirSync, writeFileSync } from "node:fs";
    mkdirSync("node_modules", { recursive: true });
    writeFileSync("node_modules/.package-lock.json", '{ "packages": { "node_modules/toy": { "version": "1.0.0" } } }');`,
  "src/surface/build/kernels.mjs": `DIARY did("kernels");
    import { mkdirSync, writeFileSync } from "node:fs";
    mkdirSync("src/ground/kernels/generated", { recursive: true });
    writeFileSync("src/ground/kernels/generated/kernels.ts", "");`,
  "src/surface/build/data.mjs": `DIARY did("data");
    import { mkdirSync, writeFileSync } from "node:fs";
    mkdirSync("src/ground/embedded/generated", { recursive: true });
    writeFileSync("src/ground/embedded/generated/data.ts", "");`,
  // Copies the program; stops where a source says so, as a compiler does.
  "node_modules/typescript/bin/tsc": `DIARY
    import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
    import { join } from "node:path";
    const out = process.argv[process.argv.indexOf("--outDir") + 1];
    did("tsc");
    if (readFileSync("devices/cell.ts", "utf8").includes("wrong")) { console.log("devices/cell.ts(1,1): error"); process.exit(2); }
    mkdirSync(join(out, "src/surface/cli"), { recursive: true });
    mkdirSync(join(out, "devices"), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const file of readdirSync("devices")) copyFileSync(join("devices", file), join(out, "devices", file));
    copyFileSync("toys/main.js", join(out, "src/surface/cli/main.js"));`,
  "node_modules/vitest/vitest.mjs": `DIARY did("vitest " + process.argv.slice(2).join(" "));`,
  "toys/main.js": `DIARY
    import { writeFileSync } from "node:fs";
    const words = process.argv.slice(2);
    did("main " + words[0] + (words.includes("--extra") ? " --extra" : ""));
    writeFileSync(words[words.indexOf("--report") + 1], "report");
    if (words.includes("--fail")) process.exit(3);
    if (words.includes("--wait")) {
      process.on("SIGINT", () => { did("interrupted"); setTimeout(() => process.exit(130), 200); });
      setTimeout(() => {}, 60_000);
      did("waiting");
    }`,
};

/** A fresh house; its path has a space, as users' paths do. */
function house(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "crossohm-make-")), "a house");
  houses.push(dirname(folder));
  for (const [file, text] of Object.entries(toys)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(
      join(folder, file),
      text.replace("DIARY", diary.replace("DIARY", join(folder, "diary").replaceAll("\\", "/"))),
    );
  }
  mkdirSync(join(folder, "src/surface"), { recursive: true });
  copyFileSync(join(root, "src/surface/make.mjs"), join(folder, "src/surface/make.mjs"));
  return folder;
}

const diaryOf = (folder: string) =>
  existsSync(join(folder, "diary")) ? readFileSync(join(folder, "diary"), "utf8").trim().split("\n") : [];
const forget = (folder: string) => rmSync(join(folder, "diary"), { force: true });

function start(folder: string, words: readonly string[], nodeWords: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, [...nodeWords, join(folder, "src/surface/make.mjs"), ...words], {
    cwd: tmpdir(),
    env: { ...process.env, npm_execpath: join(folder, "toys/npm-cli.js"), NODE_OPTIONS: "" },
  });
}

async function ended(child: ChildProcess): Promise<{ status: number | null; text: string }> {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (piece) => (text += piece));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, text };
}

const run = (folder: string, ...words: string[]) => ended(start(folder, words));

describe("npm start", () => {
  it("installs, builds and runs the main job, from any folder, and says where the report is", async () => {
    const folder = house();
    const { status, text } = await run(folder, "start", "--extra");
    expect(status).toBe(0);
    expect(diaryOf(folder)).toEqual([
      "npm ci --ignore-scripts --include=dev --no-audit --no-fund",
      "kernels",
      "data",
      "tsc",
      "main evaluate --extra",
    ]);
    expect(text).toMatch(/installed packages \(\d+\.\d s\)/);
    expect(text).toContain("a%20house/results/perceptron-on-pcm.html");
  });

  it("skips what is done", async () => {
    const folder = house();
    await run(folder, "start");
    forget(folder);
    await run(folder, "start");
    expect(diaryOf(folder)).toEqual(["main evaluate"]);
  });

  it("passes the job's exit status on", async () => {
    const folder = house();
    expect((await run(folder, "start", "--fail")).status).toBe(3);
  });

  it("passes an interrupt on and ends as the job ends", async () => {
    const folder = house();
    await run(folder, "build");
    const child = start(folder, ["start", "--wait"]);
    const end = ended(child);
    while (!diaryOf(folder).includes("waiting")) await new Promise((resolve) => setTimeout(resolve, 20));
    // As a terminal with npm in between does: several at once.
    child.kill("SIGINT");
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGINT"), 30);
    expect((await end).status).toBe(130);
    expect(diaryOf(folder).filter((line) => line === "interrupted")).toHaveLength(1);
  });
});

describe("npm test", () => {
  it("works alone, and hands further words on", async () => {
    const folder = house();
    expect((await run(folder, "test", "test/devices")).status).toBe(0);
    expect(diaryOf(folder).at(-1)).toBe("vitest run test/devices");
  });
});

describe("the build", () => {
  it.each([
    ["a source", "devices/cell.ts", ["tsc"]],
    ["embedded data", "data/set.yaml", ["data", "tsc"]],
    ["a kernel", "devices/kernel.as.ts", ["kernels", "tsc"]],
    ["compiler settings", "tsconfig.json", ["tsc"]],
  ])("makes again what a change of %s asks for, and no more", async (_what, file, made) => {
    const folder = house();
    await run(folder, "build");
    forget(folder);
    appendFileSync(join(folder, file), "\n");
    await run(folder, "build");
    expect(diaryOf(folder)).toEqual(made);
    forget(folder);
    await run(folder, "build");
    expect(diaryOf(folder)).toEqual([]);
  });

  it("makes again what was deleted", async () => {
    const folder = house();
    await run(folder, "build");
    for (const [gone, made] of [
      ["dist", ["kernels", "data", "tsc"]],
      ["src/ground/embedded/generated", ["data", "tsc"]],
    ] as const) {
      rmSync(join(folder, gone), { recursive: true });
      forget(folder);
      await run(folder, "build");
      expect(diaryOf(folder)).toEqual(made);
    }
  });

  it("leaves nothing of a deleted source in dist/", async () => {
    const folder = house();
    writeFileSync(join(folder, "devices/old.ts"), "");
    await run(folder, "build");
    expect(existsSync(join(folder, "dist/devices/old.ts"))).toBe(true);
    rmSync(join(folder, "devices/old.ts"));
    await run(folder, "build");
    expect(existsSync(join(folder, "dist/devices/old.ts"))).toBe(false);
  });

  it("keeps the old dist/ where a source does not compile, shows why, and builds once it does", async () => {
    const folder = house();
    await run(folder, "build");
    writeFileSync(join(folder, "devices/cell.ts"), "wrong");
    const { status, text } = await run(folder, "build");
    expect(status).toBe(2);
    expect(text).toContain("devices/cell.ts(1,1): error");
    expect(readFileSync(join(folder, "dist/devices/cell.ts"), "utf8")).toContain("cell = 1");
    writeFileSync(join(folder, "devices/cell.ts"), "export const cell = 2;");
    await run(folder, "build");
    expect(readFileSync(join(folder, "dist/devices/cell.ts"), "utf8")).toContain("cell = 2");
  });

  it("installs again where the lockfile asks for something else", async () => {
    const folder = house();
    await run(folder, "build");
    writeFileSync(
      join(folder, "node_modules/.package-lock.json"),
      '{ "packages": { "node_modules/toy": { "version": "0.9.0" } } }',
    );
    forget(folder);
    await run(folder, "build");
    expect(diaryOf(folder)[0]).toMatch(/^npm ci/);
  });

  it("is done once where several begin at the same moment", async () => {
    const folder = house();
    const ends = await Promise.all([1, 2, 3, 4].map(() => run(folder, "build")));
    expect(ends.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(diaryOf(folder).map((line) => line.split(" ")[0])).toEqual(["npm", "kernels", "data", "tsc"]);
    expect(readdirSync(join(folder, ".make"))).toEqual([]);
  });

  it("takes over from a run that died", async () => {
    const folder = house();
    const dead = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => dead.on("close", resolve));
    mkdirSync(join(folder, ".make/lock"), { recursive: true });
    writeFileSync(join(folder, ".make/lock/holder"), String(dead.pid));
    expect((await run(folder, "build")).status).toBe(0);
  });
});

describe("the commands", () => {
  it.each([["strat"], [""]])("refuse %j in one line, with what they know", async (word) => {
    const { status, text } = await run(house(), word);
    expect(status).toBe(2);
    expect(text.trim().split("\n")).toHaveLength(1);
    expect(text).toContain("start, test, build, check");
  });

  it("say in one line that Node is too old", async () => {
    const old =
      'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.19.1"}})';
    const { status, text } = await ended(start(house(), ["start"], ["--import", old]));
    expect(status).toBe(1);
    expect(text.trim()).toBe("crossohm: this is Node 18.19.1, expected 20 or later");
  });
});
