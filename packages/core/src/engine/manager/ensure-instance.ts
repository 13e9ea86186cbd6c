import { parse } from "../error/parse.ts";
import type { InstanceView } from "../instance/instance-view.ts";
import { createInstanceSchema } from "./create-instance.ts";
import type { Engine } from "./engine.ts";

/** What the façade does with an instance by its id, and how it creates one. */
export interface Ensuring {
  get(id: string): Promise<InstanceView>;
  create(): Promise<InstanceView>;
}

/** Finds the instance of that name and company, or creates it: `InstanceManager.ensure`. */
export async function ensureInstance(
  engine: Engine,
  input: { readonly name: string },
  { get, create }: Ensuring,
): Promise<InstanceView> {
  const { name = input.name, companyId = null } = parse(createInstanceSchema, input, "instance");
  const find = async () => {
    const record = await engine.store.findByName(companyId, name);
    return record && get(record.id);
  };
  const known = await find();
  if (known) return known;
  try {
    return await create();
  } catch (error) {
    // Somebody else may have created it meanwhile.
    const made = await find();
    if (made) return made;
    throw error;
  }
}
