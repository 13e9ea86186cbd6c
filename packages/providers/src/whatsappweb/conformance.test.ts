import type { Provider } from "@orquesta/core";
import {
  assertDeclares,
  ConformancePlace,
  conformanceCases,
  LEAST_CAPABILITIES,
} from "@orquesta/core/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createWebSubject } from "./fixtures/conformance-subject.ts";
import { whatsappweb } from "./whatsappweb-provider.ts";

describe.each([
  ["phone numbers", "phone"],
  ["LIDs", "lid"],
] as const)(
  "whatsappweb keeps what it declares, where people are known by %s",
  (_what, addressing) => {
    let place: ConformancePlace;
    beforeAll(async () => {
      place = await ConformancePlace.open(await createWebSubject(undefined, { addressing }));
    });
    afterAll(() => place.close());

    for (const { name, run } of conformanceCases) it(name, () => run(place));
  },
);

it("whatsappweb declares all that it has to", () => {
  const provider: Provider = whatsappweb({ dataDir: "profiles" });
  assertDeclares(provider.capabilities, LEAST_CAPABILITIES.whatsappweb);
});
