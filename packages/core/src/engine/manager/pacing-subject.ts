import { parse } from "../error/parse.ts";
import {
  changePacing,
  type Pacing,
  type PacingChanges,
  pacingChangesSchema,
} from "../pacing/pacing.ts";
import { changeInstancePacing } from "./change-pacing.ts";
import type { Engine } from "./engine.ts";

/** `manager.pacing`: how fast an instance sends, and how many chats it begins. */
export class PacingSubject {
  readonly #engine: () => Promise<Engine>;

  constructor(engine: () => Promise<Engine>) {
    this.#engine = engine;
  }

  /** The manager's, with what the instance has of its own. @throws INSTANCE_NOT_FOUND */
  async get(instanceId: string): Promise<Pacing> {
    const engine = await this.#engine();
    const { pacing, defaultPacing } = engine.sending;
    const own = await pacing.get(instanceId);
    return changePacing(defaultPacing((await engine.fleet.view(instanceId)).provider), own);
  }

  /**
   * Changes it, also while messages wait; the next one goes by it. What is not named stays.
   * @param changes null: everything as the manager has it
   * @throws VALIDATION_FAILED, INSTANCE_NOT_FOUND, FENCE_LOST
   */
  async set(instanceId: string, changes: PacingChanges | null): Promise<Pacing> {
    const parsed = changes && parse(pacingChangesSchema, changes, "pacing");
    const engine = await this.#engine();
    const supervisor = await engine.fleet.get(instanceId);
    return changeInstancePacing(engine, supervisor, parsed);
  }
}
