import { type Draw, fillWords } from "../../../src/ground/draws/index.ts";
import type { Engine } from "../../../src/ground/kernels/index.ts";

/** Places 0 .. count - 1 in an order of their own. @param event  numbers the order */
export function shuffled(engine: Engine, count: number, draw: Draw, event: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, place) => place);
  const { memory } = engine;
  const mark = memory.mark();
  const words = memory.int32(count);
  fillWords(engine, draw, event, words);
  for (let place = count - 1; place > 0; place--) {
    const other = Math.floor((words[place]! >>> 0) * 2 ** -32 * (place + 1));
    const kept = order[place]!;
    order[place] = order[other]!;
    order[other] = kept;
  }
  memory.release(mark);
  return order;
}
