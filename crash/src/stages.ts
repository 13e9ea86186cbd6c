/** Where a process is killed. The engine's own stages are reached inside it, the others are seen from outside. */
export const STAGES = [
  "random",
  "after-decrypt",
  "after-commit",
  "after-receipt",
  "after-planning",
  "after-answer",
  "during-upkeep",
] as const;

export type Stage = (typeof STAGES)[number];
