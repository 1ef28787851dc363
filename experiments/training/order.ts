import { at, type Draw, philox4x32 } from "../../src/ground/draws/index.ts";

/** The order in which an epoch shows the images: a permutation of 0 .. count - 1, drawn by Fisher and Yates. */
export function orderOf(draw: Draw, epoch: number, count: number): Uint32Array {
  const { key } = at(draw, "order", epoch);
  const order = Uint32Array.from({ length: count }, (_, image) => image);
  for (let last = count - 1; last > 0; last--) {
    const [word] = philox4x32([last, 0, 0, 0], key);
    const chosen = Math.floor((word / 2 ** 32) * (last + 1));
    const image = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = image;
  }
  return order;
}
