import { serve } from "../../src/surface/serve-tasks.ts";
import { toyTasks } from "./pool-tasks.ts";

serve(toyTasks);
