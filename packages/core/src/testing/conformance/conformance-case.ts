import assert from "node:assert/strict";
import { isOrquestaError } from "../../index.ts";
import type { ConformancePlace } from "./conformance-place.ts";

/** One promise of a provider, tried out. Cases of one place run one after the other, in any order. */
export interface ConformanceCase {
  readonly name: string;
  run(place: ConformancePlace): Promise<void>;
}

/** What is not declared has to be refused before anything reaches the platform. */
export async function assertRefused(
  place: ConformancePlace,
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  await assert.rejects(
    work,
    (error) => isOrquestaError(error, "CAPABILITY_MISSING"),
    `${what} is not declared: it has to be refused with CAPABILITY_MISSING`,
  );
  assert.equal((await place.manager.get(place.instanceId)).status, "connected");
}
