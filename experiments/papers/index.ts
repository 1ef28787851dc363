export { type ListedPaper, listPapers, paperNamed } from "./catalogue.ts";
export type { Claim, Digits, Paper, PaperAxis, PaperFigure, PaperSeries, PaperStep, PaperTable } from "./paper.ts";
export { type KeptSteps, type PaperOrder, type PaperRun, runPaper, runStep } from "./run-paper.ts";
