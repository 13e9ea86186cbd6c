import { OrquestaError } from "../error/orquesta-error.ts";
import type { Provider } from "./provider.ts";

export class ProviderRegistry {
  readonly #providers: ReadonlyMap<string, Provider>;

  /** @throws CONFIGURATION_INVALID when two providers share an id or there is none */
  constructor(providers: readonly Provider[]) {
    this.#providers = new Map(providers.map((provider) => [provider.id, provider]));
    if (providers.length === 0) {
      throw new OrquestaError("CONFIGURATION_INVALID", "at least one provider is needed");
    }
    if (this.#providers.size !== providers.length) {
      throw new OrquestaError("CONFIGURATION_INVALID", "two providers have the same id");
    }
  }

  get ids(): string[] {
    return [...this.#providers.keys()];
  }

  /** @throws PROVIDER_UNKNOWN */
  get(id: string): Provider {
    const provider = this.#providers.get(id);
    if (provider) return provider;
    throw new OrquestaError(
      "PROVIDER_UNKNOWN",
      `provider "${id.slice(0, 64)}" is not known here; there is ${this.ids.join(", ")}`,
    );
  }
}
