import { type OpenApiDocument, type Operation, operationsOf } from "./operations.ts";

const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
const JSON_TYPE = "application/json";

type Parameter = Extract<NonNullable<Operation["parameters"]>[number], { readonly in: string }>;

function parametersOf({ parameters = [] }: Operation, place: string): Parameter[] {
  return parameters.filter((parameter): parameter is Parameter => {
    return "in" in parameter && parameter.in === place;
  });
}

/** Variables of the collection hold what path parameters have in common, such as an instance's id. */
function toUrl(path: string, operation: Operation) {
  const segments = path.split("/").slice(1);
  const names = parametersOf(operation, "path").map(({ name }) => name);
  const query = parametersOf(operation, "query").map(({ name, schema, description, required }) => {
    const value = schema && "default" in schema ? String(schema.default) : "";
    return { key: name, value, disabled: !required, ...(description && { description }) };
  });
  const asVariables = segments.map((segment) => segment.replace(/^\{(.+)\}$/, ":$1"));
  return {
    raw: `{{baseUrl}}/${asVariables.join("/")}`,
    host: ["{{baseUrl}}"],
    path: asVariables,
    ...(query.length > 0 && { query }),
    ...(names.length > 0 && {
      variable: names.map((name) => ({ key: name, value: `{{${name}}}` })),
    }),
  };
}

function jsonExampleOf(content: object | undefined): unknown {
  const media: unknown = content && Reflect.get(content, JSON_TYPE);
  return typeof media === "object" && media !== null ? Reflect.get(media, "example") : undefined;
}

interface Example {
  /** Undefined: there is only one. */
  readonly name?: string;
  readonly value: unknown;
}

/** Of the body; one that is nothing where there is none. */
function examplesOf({ requestBody }: Operation): readonly Example[] {
  if (!requestBody || !("content" in requestBody)) return [{ value: undefined }];
  const named = requestBody.content[JSON_TYPE]?.examples;
  if (named === undefined) return [{ value: jsonExampleOf(requestBody.content) }];
  return Object.entries(named).map(([name, example]) => {
    return { name, value: "value" in example ? example.value : undefined };
  });
}

function toBody(example: unknown) {
  if (example === undefined) return undefined;
  return {
    mode: "raw",
    raw: JSON.stringify(example, null, 2),
    options: { raw: { language: "json" } },
  };
}

function toRequest(method: string, path: string, operation: Operation, example: unknown) {
  const body = toBody(example);
  const headers = parametersOf(operation, "header").map(({ name, description, required }) => {
    return { key: name, value: "", disabled: !required, ...(description && { description }) };
  });
  return {
    method: method.toUpperCase(),
    header: [...(body ? [{ key: "Content-Type", value: JSON_TYPE }] : []), ...headers],
    url: toUrl(path, operation),
    ...(body && { body }),
    ...(operation.description && { description: operation.description }),
    ...(!operation.security?.length && { auth: { type: "noauth" } }),
  };
}

/** What the operation answers when all is well, shown beside the request. */
function toResponses({ responses = {} }: Operation) {
  return Object.entries(responses).flatMap(([status, response]) => {
    const example = jsonExampleOf(Reflect.get(Object(response), "content"));
    if (example === undefined) return [];
    return [
      {
        name: String(Reflect.get(Object(response), "description")),
        code: Number(status),
        header: [{ key: "Content-Type", value: JSON_TYPE }],
        body: JSON.stringify(example, null, 2),
      },
    ];
  });
}

/**
 * A Postman collection, format 2.1, with a folder for each tag and a request for each example. `apiKey`
 * and the ids of the paths are its variables, and empty.
 * @param baseUrl where the API is, without a slash at its end
 */
export function createPostmanCollection(document: OpenApiDocument, baseUrl: string) {
  const folders = new Map<string, object[]>();
  const variables = new Set<string>();
  for (const { method, path, operation } of operationsOf(document)) {
    for (const { name } of parametersOf(operation, "path")) variables.add(name);
    const name = operation.summary ?? operation.operationId ?? path;
    const tag = operation.tags?.[0] ?? "Other";
    const items = examplesOf(operation).map(({ name: kind, value }) => ({
      name: kind === undefined ? name : `${name}: ${kind}`,
      request: toRequest(method, path, operation, value),
      response: toResponses(operation),
    }));
    folders.set(tag, [...(folders.get(tag) ?? []), ...items]);
  }
  return {
    info: { name: document.info.title, schema: SCHEMA, version: document.info.version },
    auth: {
      type: "apikey",
      apikey: [
        { key: "key", value: "x-api-key" },
        { key: "value", value: "{{apiKey}}" },
        { key: "in", value: "header" },
      ],
    },
    variable: [
      { key: "baseUrl", value: baseUrl },
      { key: "apiKey", value: "" },
      ...[...variables].map((key) => ({ key, value: "" })),
    ],
    item: [...folders].map(([name, item]) => ({ name, item })),
  };
}
