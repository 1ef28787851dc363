export { exerciseSynapses, type SynapseExercise, synapseBytes } from "./exercise.ts";
export { checkSynapses, mostDevices, type SynapseRequest } from "./request.ts";
export type { SynapseTrial, Wear } from "./trial.ts";
