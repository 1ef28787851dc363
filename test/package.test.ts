import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const manifest = JSON.parse(read("package.json"));
const lockfile = JSON.parse(read("package-lock.json"));
const declared: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies };
const locked = Object.entries<Record<string, unknown>>(lockfile.packages).filter(([path]) => path !== "");

describe("the package", () => {
  it("asks for exact versions", () => {
    expect(Object.entries(declared).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("has what it asks for in the lockfile, under the same version", () => {
    for (const [name, version] of Object.entries(declared)) {
      expect([name, lockfile.packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
    }
    expect(lockfile.packages[""].dependencies).toEqual(manifest.dependencies);
    expect(lockfile.packages[""].devDependencies).toEqual(manifest.devDependencies);
  });

  it("comes from the public registry and from nowhere else, whole", () => {
    const elsewhere = locked.filter(
      ([, { resolved }]) => resolved !== undefined && !String(resolved).startsWith("https://registry.npmjs.org/"),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
    // Builds for platforms other than the one the lockfile was made on have no checksum; npm takes the registry's.
    const unsealed = locked.filter(([, { integrity, link, optional }]) => !link && !integrity && !optional);
    expect(unsealed.map(([path]) => path)).toEqual([]);
  });

  // npm ci refuses a lockfile that misses one, on whatever platform.
  it("names the builds of its packages for every platform", () => {
    const missing = locked.flatMap(([path, { optionalDependencies }]) =>
      Object.keys((optionalDependencies as object | undefined) ?? {})
        .filter(
          (name) => !lockfile.packages[`node_modules/${name}`] && !lockfile.packages[`${path}/node_modules/${name}`],
        )
        .map((name) => `${path} -> ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("uses linkedom 0.18.12, since the next ones miss a dependency of theirs", () => {
    expect(manifest.dependencies.linkedom).toBe("0.18.12");
  });

  it("names its licence, and the licence is there", () => {
    expect(manifest.license).toBe("MIT");
    expect(read("LICENSE")).toContain("The Crossohm developers");
  });

  it("runs on Node 20, and so does everything it depends on to run", () => {
    expect(manifest.engines.node).toBe(">=20.0.0");
    const leaving = locked.filter(([, { engines, dev, optional }]) => {
      const needed = (engines as { node?: string } | undefined)?.node;
      // A range whose every part begins above 20.
      return !dev && !optional && needed?.split("||").every((part) => Number(/\d+/.exec(part)?.[0] ?? 0) > 20);
    });
    expect(leaving.map(([path]) => path)).toEqual([]);
  });

  it("relies on no script of npm's own and on no other package manager", () => {
    const hooks = Object.keys(manifest.scripts).filter((name) =>
      /^(pre|post)|^(install|prepare|prepublish\w*)$/.test(name),
    );
    expect(hooks).toEqual([]);
    for (const command of Object.values<string>(manifest.scripts))
      expect(command).toMatch(/^node src\/surface\/make\.mjs \w+$/);
  });

  it("holds only files that exist, and a command and a library that the build makes", () => {
    const made = (file: string) => file.replace(/^(\.\/)?dist\//, "").replace(/(\.d)?\.[tj]s$/, ".ts");
    for (const file of manifest.files)
      if (file !== "dist") expect([file, existsSync(join(root, file))]).toEqual([file, true]);
    for (const file of [manifest.bin.crossohm, manifest.exports["."].types, manifest.exports["."].default]) {
      expect([file, existsSync(join(root, made(file)))]).toEqual([file, true]);
    }
  });
});
