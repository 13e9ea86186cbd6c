import type { InstanceKeyView } from "../instance/instance-view.ts";
import type { Engine } from "./engine.ts";

/** `manager.keys`: the keys that open one instance each over HTTP. */
export class InstanceKeyOperations {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /** The key of the moment, with its use. @throws INSTANCE_NOT_FOUND */
  async current(instanceId: string): Promise<InstanceKeyView> {
    return (await this.#engine()).instanceKeys.current(instanceId);
  }

  /** The id of the instance that the key belongs to, counting the use; null when it belongs to none. */
  async authenticate(key: string): Promise<string | null> {
    return (await this.#engine()).instanceKeys.authenticate(key);
  }
}
