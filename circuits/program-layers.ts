import { type ProgrammingWork, programmedAtOnce } from "../devices/index.ts";
import type { TileLayer } from "./layer.ts";

/** Programs the layers of a chip at once; each waits for the slowest. Null where the device has published statistics. */
export function programLayers(layers: readonly TileLayer[]): ProgrammingWork | null {
  const works = layers.map((layer) => layer.program(0));
  const done = programmedAtOnce(works);
  if (done) for (const [k, layer] of layers.entries()) layer.elapse(done.seconds - works[k]!.seconds);
  return done;
}
