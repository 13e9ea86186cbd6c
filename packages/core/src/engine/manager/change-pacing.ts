import type { Supervisor } from "../instance/supervisor.ts";
import { changePacing, type Pacing, type PacingChanges } from "../pacing/pacing.ts";
import type { Engine } from "./engine.ts";

/** Changes what an instance has of its own; its next message goes by it. @throws INSTANCE_NOT_FOUND, FENCE_LOST */
export async function changeInstancePacing(
  { sending }: Engine,
  supervisor: Supervisor,
  changes: PacingChanges | null,
): Promise<Pacing> {
  const { owner, provider } = supervisor;
  const own = await sending.pacing.change(owner.instanceId, owner.fence, changes);
  const pacing = changePacing(sending.defaultPacing(provider.id), own);
  supervisor.sending.pace(pacing);
  return pacing;
}
