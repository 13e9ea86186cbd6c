import { OrquestaError } from "../error/orquesta-error.ts";
import type { Admission } from "./admission.ts";

/** At most `max` instances for each company; instances without a company are not counted. */
export function instanceLimit(max: number): Admission {
  return {
    async mayCreate({ companyId }, tx) {
      if (companyId === null) return;
      const { count } = await tx
        .selectFrom("instance")
        .select((eb) => eb.fn.countAll<number | string>().as("count"))
        .where("company_id", "=", companyId)
        .where("desired", "!=", "removed")
        .executeTakeFirstOrThrow();
      if (Number(count) < max) return;
      throw new OrquestaError(
        "INSTANCE_LIMIT_REACHED",
        `this company has reached its limit of ${max} instances`,
      );
    },
  };
}
