import type { Course } from "./course.ts";
import { type DeedStep, deedsOf, type Protocol, rowsOf } from "./protocol.ts";

/** One performance of a step: moments from .. to - 1 of the course. */
export interface Passage {
  readonly step: DeedStep;
  readonly cycle: number;
  readonly from: number;
  readonly to: number;
}

/** What was performed, in the order of time; the last passage of an interrupted run may be short. */
export function passagesOf(protocol: Protocol, course: Course): Passage[] {
  const steps = deedsOf(protocol.steps);
  const passages: Passage[] = [];
  for (let from = 0; from < course.filled; ) {
    const step = steps[course.step[from]!]!;
    const to = Math.min(course.filled, from + rowsOf([step]));
    passages.push({ step, cycle: course.cycle[from]!, from, to });
    from = to;
  }
  return passages;
}
