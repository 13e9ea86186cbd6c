import type { OperationName } from "../../index.ts";
import { assertRefused, type ConformanceCase } from "./conformance-case.ts";
import type { ConformancePlace } from "./conformance-place.ts";

/** Tries an operation that is declared out, and has one that is not refused. */
export function operationCase(
  name: OperationName,
  ask: (place: ConformancePlace) => Promise<unknown>,
  run: (place: ConformancePlace) => Promise<void>,
): ConformanceCase {
  return {
    name: `can ${name}, or refuses it beforehand`,
    async run(place) {
      if (place.capabilities.operations.includes(name)) return await run(place.where(name));
      await assertRefused(place, name, () => ask(place));
    },
  };
}
