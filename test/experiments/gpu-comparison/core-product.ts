import { account, costsOf, energyOf, Ledger, latencyOf } from "../../../circuits/index.ts";
import { chipWith, layerOf, normals } from "../../circuits/layers.ts";
import { someNumbers } from "../../ground/kernels/engines.ts";

const size = 256;
const cores = 64;
const operations = 2 * size * size;

/**
 * Products of the 64-core chip, all cores busy, as its abstract has them: operations a second and operations per joule (Le Gallo et
 * al., Nat. Electron. 6, 680 (2023)); energy and latency of one core follow. The measured energy is that of array, converters and
 * input pulses.
 */
export const publishedProducts = [
  { phases: 4, rate: 16.1e12, efficiency: 2.48e12 },
  { phases: 1, rate: 63.1e12, efficiency: 9.76e12 },
].map((of) => ({ ...of, energy: operations / of.efficiency, latency: (cores * operations) / of.rate }));

const outside = ["digital accumulate", "buffers", "static"];

/** One product of a full core of `pcm-hermes`, mean of 64 vectors: normal weights, uniform inputs of both signs. */
export async function coreProduct(phases: number) {
  const chip = chipWith("pcm-hermes", `read.phases=${phases}`);
  const layer = await layerOf({ chip, rows: size, columns: size, weights: [normals(size * size, 1)] });
  layer.hold({ mode: "process", window: 1e-3 }, 0);
  const vectors = 64;
  const ledger = new Ledger();
  const inputs = someNumbers(vectors * size, 2).map((u) => 2 * u - 1);
  layer.multiply(inputs, vectors, "images", 0, ledger);
  const lines = account(ledger.scaled(1 / vectors).entries(), costsOf(chip.costs, chip), 1);
  const energy = energyOf(lines);
  const components = Object.keys(energy.byComponent).filter((name) => !outside.includes(name));
  const inside = components.reduce((sum, name) => sum + energy.byComponent[name]!, 0);
  const latency = latencyOf(lines).total;
  return {
    energy,
    components,
    outside,
    /** J, within the boundary of the measurement. */
    inside,
    latency,
    rate: (cores * operations) / latency,
    efficiency: operations / inside,
    devices: layer.devices,
    published: publishedProducts.find((of) => of.phases === phases)!,
  };
}

export type CoreProduct = Awaited<ReturnType<typeof coreProduct>>;

export function coreProducts(): Promise<CoreProduct[]> {
  return Promise.all(publishedProducts.map(({ phases }) => coreProduct(phases)));
}
