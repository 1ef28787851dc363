import { serve } from "./serve-tasks.ts";
import type { Tasks } from "./task.ts";

/** What a worker can be asked to do, by name: plain data in, plain data out. This module, built, is what a worker runs. */
export const tasks: Tasks = {};

serve(tasks);
