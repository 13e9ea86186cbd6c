import { OrquestaError } from "@orquesta/core";
import type { Context, MiddlewareHandler } from "hono";
import type { DialectContext, DialectEnv } from "../../dialect.ts";
import { matchesSecret } from "../../matches-secret.ts";
import { RequestFault } from "../../request-fault.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Longer ones cannot be keys of ours; looking them up would only cost. */
const MAX_KEY_LENGTH = 512;

export interface InstanceManagerEnv extends DialectEnv {
  readonly Variables: {
    /** The instance that the path names, once the caller may see it. */
    instanceId: string;
    /** Whether the route is one that the document does not have. */
    isAddition: boolean;
    /** Whose event streams are counted together: tells keys apart without being one. */
    streamKey: string;
  };
}

export interface Guards {
  /** Lets the operator pass. */
  readonly operator: MiddlewareHandler<InstanceManagerEnv>;
  /** Lets the operator pass, and an instance's key to the routes of that instance. */
  readonly instance: MiddlewareHandler<InstanceManagerEnv>;
  /** The same where only the operator may act on the instance. */
  readonly operatorOfInstance: MiddlewareHandler<InstanceManagerEnv>;
}

export function readKey(c: Context): string {
  const header = c.req.header("x-api-key");
  if (header !== undefined) return header;
  const bearer = /^bearer +(\S+) *$/i.exec(c.req.header("authorization") ?? "");
  return bearer?.[1] ?? "";
}

/** A wrong id, an unknown one and somebody else's are all the same to a caller. */
function namedInstance(c: Context): string {
  const id = c.req.param("instanceId") ?? "";
  if (UUID.test(id)) return id.toLowerCase();
  throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
}

export function createGuards({ manager, options }: DialectContext): Guards {
  const isOpen = options.instanceManagerAuth === "off";
  const isOperator = (key: string) => isOpen || matchesSecret(key, options.apiKey);

  async function ownInstance(key: string): Promise<string> {
    const owner =
      key === "" || key.length > MAX_KEY_LENGTH ? null : await manager.keys.authenticate(key);
    if (owner === null) throw new RequestFault("UNAUTHORIZED");
    return owner;
  }

  return {
    async operator(c, next) {
      if (!isOperator(readKey(c))) throw new RequestFault("UNAUTHORIZED");
      await next();
    },
    async operatorOfInstance(c, next) {
      if (!isOperator(readKey(c))) throw new RequestFault("UNAUTHORIZED");
      c.set("instanceId", namedInstance(c));
      await next();
    },
    async instance(c, next) {
      const key = readKey(c);
      const own = isOperator(key) ? null : await ownInstance(key);
      const named = namedInstance(c);
      if (own !== null && own !== named) {
        throw new OrquestaError("INSTANCE_NOT_FOUND", "there is no such instance");
      }
      c.set("instanceId", named);
      await next();
    },
  };
}
