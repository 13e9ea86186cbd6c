import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { DOCUMENTATION_PATHS } from "./documentation/documentation-dialect.ts";
import { type OpenApiDocument, type Operation, operationsOf } from "./documentation/operations.ts";
import { isMarkedAsUpgrade } from "./upgrade-mark.ts";

interface Known {
  readonly name: string;
  readonly pattern: RegExp;
  readonly pointer: string;
  readonly operation: Operation;
}

const JSON_TYPE = "application/json";

function toPattern(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{[^}]+\}/g, "[^/]+")}$`);
}

function toPointer(...segments: readonly string[]): string {
  return segments
    .map((segment) => `/${encodeURIComponent(segment.replaceAll("~", "~0").replaceAll("/", "~1"))}`)
    .join("");
}

/**
 * Schemas whose objects take no field that they do not name, because a field that nobody described is
 * a hole in the document. What an `allOf` extends stays open, in a copy: the whole is closed instead.
 */
function close(node: unknown, isPart = false): unknown {
  if (Array.isArray(node)) return node.map((item) => close(item));
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => {
    if (key === "allOf" && Array.isArray(value)) {
      return [key, value.map((part) => close(part, true))];
    }
    if (key === "$ref" && isPart) return [key, String(value).replace("/schemas/", "/openSchemas/")];
    return [key, close(value)];
  });
  const closed = Object.fromEntries(entries);
  if (isPart) return closed;
  if ("allOf" in closed) return { ...closed, unevaluatedProperties: false };
  const isOpen = "properties" in closed && !("additionalProperties" in closed);
  return isOpen && closed["type"] === "object"
    ? { ...closed, additionalProperties: false }
    : closed;
}

/** Whether what the API does is what its OpenAPI document says. For tests. */
export class Conformance {
  readonly #known: readonly Known[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });

  constructor(document: OpenApiDocument) {
    this.#known = operationsOf(document).map(({ method, path, operation }) => ({
      name: `${method.toUpperCase()} ${path}`,
      pattern: toPattern(path),
      pointer: `api#${toPointer("paths", path, method)}`,
      operation,
    }));
    formats.default(this.#ajv);
    const schemas = Object.entries(document.components?.schemas ?? {});
    const openSchemas = Object.fromEntries(
      schemas.map(([name, schema]) => [name, close(schema, true)]),
    );
    const closed = Object(close(document));
    this.#ajv.addSchema({ ...closed, components: { ...closed.components, openSchemas } }, "api");
  }

  /** @throws Error saying what the document does not say of this answer */
  async checkAnswer(method: string, url: string, response: Response): Promise<void> {
    const { pathname } = new URL(url);
    const known = this.#find(method, pathname);
    if (known === undefined) {
      this.#checkUnknown(method, pathname, response.status);
      return;
    }
    const { name, pointer, operation } = known;
    if (!operation.operationId)
      throw new Error(`${name} needs an operationId: clients are made of it`);
    // What `attachEvents` makes of it.
    const status = isMarkedAsUpgrade(response.headers) ? 101 : response.status;
    const described: unknown = operation.responses?.[status];
    if (described === undefined) {
      throw new Error(`${name} answered ${status}, which its responses do not have`);
    }
    const content = Object(Reflect.get(Object(described), "content"));
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    if (response.body === null || status === 101 || method === "HEAD") return;
    // Bytes of somebody else, whose type nobody knows beforehand.
    if ("*/*" in content) return;
    if (!(type in content)) {
      throw new Error(`${name} answered ${response.status} as ${type}, which it does not declare`);
    }
    if (type !== JSON_TYPE) return;
    const where = ["responses", String(response.status), "content", JSON_TYPE, "schema"];
    const body: unknown = await response.clone().json();
    this.#check(`${name} answered ${response.status} with`, pointer + toPointer(...where), body);
  }

  /** A body that was taken is one that the document allows. @throws Error */
  checkAccepted(method: string, url: string, body: unknown): void {
    const known = this.#find(method, new URL(url).pathname);
    if (known?.operation.requestBody === undefined) return;
    const where = toPointer("requestBody", "content", JSON_TYPE, "schema");
    this.#check(`${known.name} took`, known.pointer + where, body);
  }

  #find(method: string, pathname: string): Known | undefined {
    const wanted = method === "HEAD" ? "GET" : method;
    return this.#known.find(({ name, pattern }) => {
      return name.startsWith(`${wanted} `) && pattern.test(pathname);
    });
  }

  #checkUnknown(method: string, pathname: string, status: number): void {
    const isDocumentation = DOCUMENTATION_PATHS.some((path) =>
      `${pathname}/`.startsWith(`${path}/`),
    );
    if (isDocumentation || status === 404) return;
    throw new Error(`${method} ${pathname} answered ${status}, but the document has no such route`);
  }

  #check(what: string, pointer: string, body: unknown): void {
    const validate: ValidateFunction | undefined = this.#ajv.getSchema(pointer);
    if (validate === undefined || validate(body)) return;
    const problems = (validate.errors ?? []).map(({ instancePath, message, params }) => {
      return `  ${instancePath || "/"} ${message} ${JSON.stringify(params)}`;
    });
    throw new Error(
      `${what} something that the document does not say; change its schema or declare its code:\n` +
        `${problems.join("\n")}\n  in ${JSON.stringify(body)}`,
    );
  }
}
