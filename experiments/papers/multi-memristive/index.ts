import { composed } from "../composed.ts";
import type { Paper } from "../paper.ts";
import { arbitration } from "./arbitration.ts";
import { classifier } from "./classifier.ts";
import { correlation } from "./correlation.ts";
import { large } from "./large.ts";
import { spiking } from "./spiking.ts";
import { statistics } from "./statistics.ts";

/** Synapses of several phase-change devices with one arbitration clock for the whole array. */
export const multiMemristive: Paper = composed(
  { name: "multi-memristive", title: "Neuromorphic computing with multi-memristive synapses", source: "boybat-2018" },
  [arbitration, statistics, correlation, large, classifier, spiking],
);
