import { InterruptedError } from "../../src/ground/errors.ts";
import type { StepTools } from "./paper.ts";

/** Reports work that is done, and ends the step where its user has stopped the run. */
export async function advance(tools: Pick<StepTools, "progress" | "signal">, amount: number): Promise<void> {
  await tools.progress(amount);
  if (tools.signal.aborted) throw new InterruptedError("interrupted");
}
