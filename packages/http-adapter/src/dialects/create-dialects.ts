import type { Dialect, DialectContext } from "../dialect.ts";
import { createDocumentationDialect } from "../documentation/documentation-dialect.ts";
import { createCommonDialect } from "./common/common-dialect.ts";
import { createInstanceManagerDialect } from "./instance-manager/instance-manager-dialect.ts";

/** Everything that the API answers, in the order in which it is documented. */
export function createDialects(context: DialectContext): Dialect[] {
  const documented = [createInstanceManagerDialect(context), createCommonDialect(context)];
  if (context.options.docs === "off") return documented;
  return [...documented, createDocumentationDialect(context, documented)];
}
