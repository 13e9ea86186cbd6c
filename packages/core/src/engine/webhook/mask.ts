/** Shown in the place of what is never shown again. */
export const MASK = "********";
