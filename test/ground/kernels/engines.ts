import { type Engine, openEngine } from "../../../src/ground/kernels/index.ts";

/** The kernels and their twins, each with memory of its own. */
export async function bothEngines(bytes = 1 << 25): Promise<{ kernels: Engine; twins: Engine }> {
  return { kernels: await openEngine(bytes, "webassembly"), twins: await openEngine(bytes, "typescript") };
}

/** `make` on each engine's memory; arrays of the same contents in, what `make` returns out. */
export function onBoth<Result>(
  engines: { kernels: Engine; twins: Engine },
  make: (engine: Engine) => Result,
): [Result, Result] {
  return [make(engines.kernels), make(engines.twins)];
}

export function float32(engine: Engine, values: ArrayLike<number>): Float32Array {
  const array = engine.memory.float32(values.length);
  array.set(values);
  return array;
}

/** Numbers on 0 .. 1, the same in every run (a linear congruential generator: tests must not lean on what they test). */
export function someNumbers(length: number, seed = 1): Float32Array {
  let state = BigInt(seed) * 2654435761n + 12345n;
  return Float32Array.from({ length }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 40n) / 2 ** 24;
  });
}

/** The largest |a - b| / tolerance, so that 1 is the bound. */
export function worst(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: (i: number) => number): number {
  let most = 0;
  for (let i = 0; i < b.length; i++) {
    const ratio = a[i] === b[i] ? 0 : Math.abs(a[i]! - b[i]!) / tolerance(i);
    most = Math.max(most, Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio);
  }
  return most;
}
