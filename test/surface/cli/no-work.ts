import type { Work } from "../../../src/surface/cli/world.ts";

const refused = () => Promise.reject(new Error("not asked for"));

/** The work of a world in which nothing is asked for. */
export const noWork: Work = {
  evaluate: refused,
  multiply: refused,
  characterise: refused,
  paper: refused,
  synapse: refused,
  train: refused,
};
