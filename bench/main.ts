/**
 * `npm run bench`: the hot kernels on one thread, and the same noisy product in the peers that are installed, in turns, so that
 * a machine's other load falls on all. Quote the ratios of medians; absolute times are one machine's.
 */
import { type KernelTime, tableOf, timeKernels } from "./kernels.ts";
import { type PeerTime, timePeers } from "./peers.ts";

const rounds = Number(process.argv[2] ?? 3);

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Medians and bests over rounds, by name. */
function merged<T extends KernelTime | PeerTime>(all: readonly (readonly T[])[]): T[] {
  return (all[0] ?? []).map((first) => {
    const same = all.flatMap((round) => round.filter(({ name }) => name === first.name));
    return {
      ...first,
      median: middle(same.map(({ median }) => median)),
      best: Math.min(...same.map(({ best }) => best)),
    };
  });
}

const kernelRounds: KernelTime[][] = [];
const peerRounds: (readonly PeerTime[])[] = [];
let missing: string | null = null;
for (let round = 0; round < rounds; round++) {
  console.error(`round ${round + 1} of ${rounds}`);
  kernelRounds.push(await timeKernels(30));
  const peers = timePeers();
  missing = peers.missing;
  if (peers.times.length > 0) peerRounds.push(peers.times);
}

const kernels = merged(kernelRounds);
console.log(tableOf(kernels));
const peers = merged(peerRounds);
if (peers.length > 0) {
  const microseconds = (seconds: number): string => (seconds * 1e6).toFixed(2).padStart(10);
  const products = peers.filter(({ name }) => !name.includes("(ns)"));
  console.log(`\n${"peers, one thread, us a vector".padEnd(48)}      best    median`);
  for (const { name, best, median } of products)
    console.log(name.padEnd(48) + microseconds(best) + microseconds(median));

  const noisy = products.filter(({ name }) => !name.includes("alone"));
  const rival = noisy.reduce((least, peer) => (peer.median < least.median ? peer : least));
  console.log(`\nratio of medians (of bests) to the fastest noisy peer, ${rival.name}`);
  for (const { name, median, best, each } of kernels) {
    if (each !== "vector" || !name.startsWith("noisy")) continue;
    console.log(`${name.padEnd(42)}${(median / rival.median).toFixed(2)} (${(best / rival.best).toFixed(2)})`);
  }
}
if (missing) console.log(`\n${missing}`);
