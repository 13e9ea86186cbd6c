import { chatCases } from "./chat-cases.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { contactCases } from "./contact-cases.ts";
import { eventCases } from "./event-cases.ts";
import { groupCases } from "./group-cases.ts";
import { incomingCases } from "./incoming-cases.ts";
import { outgoingCases } from "./outgoing-cases.ts";

/**
 * Everything that a provider may declare, tried out both ways through an engine, and that it refuses
 * what it does not declare. Runs under any test runner:
 * `const place = await ConformancePlace.open(subject);` once, then
 * `for (const { name, run } of conformanceCases) it(name, () => run(place));` one after the other.
 */
export const conformanceCases: readonly ConformanceCase[] = [
  ...outgoingCases,
  ...incomingCases,
  ...eventCases,
  ...chatCases,
  ...groupCases,
  ...contactCases,
];
