import type { Paper, PaperOutcome, PaperPart, PaperStep } from "./paper.ts";

/** A paper of several parts that know nothing of each other: a step's name begins with its part's. */
export function composed(
  { name, title, source }: Pick<Paper, "name" | "title" | "source">,
  parts: readonly PaperPart[],
): Paper {
  return {
    name,
    title,
    source,
    // What takes longest begins first, so that no thread is left with it at the end.
    steps: (quick, seed) =>
      parts
        .flatMap((part) =>
          part.steps(quick, seed).map((step) => ({ ...step, name: `${part.name}${between}${step.name}` })),
        )
        .sort((a, b) => b.amount - a.amount),
    run: (step, tools) => {
      const part = parts.find((candidate) => belongs(step.name, candidate));
      if (!part) throw new Error(`no part of ${name} has the step "${step.name}"`);
      return part.run(ownStep(step, part), tools);
    },
    conclude: (done, quick) =>
      joined(
        parts.map((part) =>
          part.conclude(
            new Map(
              [...done]
                .filter(([step]) => belongs(step, part))
                .map(([step, result]) => [step.slice(part.name.length + between.length), result]),
            ),
            quick,
          ),
        ),
      ),
  };
}

const between = ": ";

const belongs = (step: string, { name }: PaperPart): boolean => step.startsWith(`${name}${between}`);

function ownStep(step: PaperStep, { name }: PaperPart): PaperStep {
  return { ...step, name: step.name.slice(name.length + between.length) };
}

function joined(outcomes: readonly PaperOutcome[]): PaperOutcome {
  const byComponent: Record<string, number> = {};
  for (const { energy } of outcomes) {
    for (const [name, joules] of Object.entries(energy.byComponent)) {
      byComponent[name] = (byComponent[name] ?? 0) + joules;
    }
  }
  return {
    claims: outcomes.flatMap(({ claims }) => claims).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
    figures: outcomes.flatMap(({ figures }) => figures),
    tables: outcomes.flatMap(({ tables = [] }) => tables),
    energy: { total: Object.values(byComponent).reduce((sum, joules) => sum + joules, 0), byComponent },
    standIns: [...new Set(outcomes.flatMap(({ standIns }) => standIns))],
  };
}
