/**
 * `npm run bench`: the hot paths on one thread, and the same work in the peers that are installed, in turns, so that a machine's
 * other load falls on all. Quote the ratios; absolute times are one machine's.
 */
import { comparisonsOf } from "./comparisons.ts";
import { type KernelTime, middle, quantity, tableOf, timeKernels } from "./kernels.ts";
import { type PeerTime, timePeers } from "./peers.ts";

const rounds = Number(process.argv[2] ?? 3);

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
let missing: readonly string[] = [];
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
  console.log(`\n${"peers, one thread".padEnd(60)}${"best".padStart(11)}${"median".padStart(11)}`);
  for (const { name, best, median } of peers) {
    console.log(name.padEnd(60) + quantity(best).padStart(11) + quantity(median).padStart(11));
  }
  console.log(`\n${comparisonsOf(kernels, peers)}`);
}
for (const line of missing) console.log(`\n${line}`);
