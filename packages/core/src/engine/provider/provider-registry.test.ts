import { expect, it } from "vitest";
import { FakePlatform } from "../../testing/fake-platform.ts";
import { ProviderRegistry } from "./provider-registry.ts";

it("a registry knows its providers by id, and wants at least one, each once", () => {
  const { provider } = new FakePlatform();
  const registry = new ProviderRegistry([provider]);
  expect(registry.get("fake")).toBe(provider);
  expect(registry.ids).toEqual(["fake"]);
  expect(() => registry.get("other")).toThrow(
    expect.objectContaining({ code: "PROVIDER_UNKNOWN" }),
  );
  const invalid = expect.objectContaining({ code: "CONFIGURATION_INVALID" });
  expect(() => new ProviderRegistry([])).toThrow(invalid);
  expect(() => new ProviderRegistry([provider, provider])).toThrow(invalid);
});
