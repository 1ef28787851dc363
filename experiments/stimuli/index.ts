export { CorrelatedStreams, type CorrelatedStreamsSpec } from "./correlated-streams.ts";
