import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { API_KEY, createTestApi } from "../test-api.ts";

const pair = z.strictObject({
  key: z.string(),
  value: z.string(),
  disabled: z.boolean().optional(),
  description: z.string().optional(),
});
const body = z.strictObject({
  mode: z.literal("raw"),
  raw: z.string(),
  options: z.strictObject({ raw: z.strictObject({ language: z.literal("json") }) }),
});
const request = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
  header: z.array(pair),
  url: z.strictObject({
    raw: z.string().startsWith("{{baseUrl}}/"),
    host: z.tuple([z.literal("{{baseUrl}}")]),
    path: z.array(z.string()),
    query: z.array(pair).optional(),
    variable: z.array(pair).optional(),
  }),
  body: body.optional(),
  description: z.string().optional(),
  auth: z.strictObject({ type: z.literal("noauth") }).optional(),
});
const item = z.strictObject({
  name: z.string().min(1),
  request,
  response: z.array(
    z.strictObject({
      name: z.string(),
      code: z.int(),
      header: z.array(pair),
      body: z.string(),
    }),
  ),
});
/** Format 2.1 as https://schema.postman.com describes it, no wider than we use it. */
const collection = z.strictObject({
  info: z.strictObject({
    name: z.string(),
    schema: z.literal("https://schema.getpostman.com/json/collection/v2.1.0/collection.json"),
    version: z.string(),
  }),
  auth: z.strictObject({ type: z.literal("apikey"), apikey: z.array(pair) }),
  variable: z.array(pair),
  item: z.array(z.strictObject({ name: z.string(), item: z.array(item).min(1) })),
});

type Item = z.output<typeof item>;

async function readCollection(api = createTestApi()) {
  const { status, body: answered } = await api.call("GET", "/postman.json", { key: null });
  expect(status).toBe(200);
  const { item: folders, ...rest } = collection.parse(answered);
  return { ...rest, folders, items: folders.flatMap((folder) => folder.item), api };
}

/** Does what Postman does with a request: fills in variables, adds the collection's key. */
function toRequest(
  { request: wanted }: Item,
  variables: Readonly<Record<string, string>>,
): Request {
  const fill = (text: string) => {
    return text.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => variables[name] ?? "");
  };
  const path = wanted.url.path.map((segment) => {
    const variable = wanted.url.variable?.find(({ key }) => segment === `:${key}`);
    return variable ? fill(variable.value) : segment;
  });
  const headers = new Headers();
  for (const { key, value, disabled } of wanted.header) if (!disabled) headers.set(key, value);
  if (!wanted.auth) headers.set("x-api-key", variables["apiKey"] ?? "");
  const url = `${fill(wanted.url.host[0])}/${path.join("/")}`;
  return new Request(url, {
    method: wanted.method,
    headers,
    ...(wanted.body && { body: wanted.body.raw }),
  });
}

it("has a folder for each tag, every operation and empty secrets", async () => {
  const { folders, items, variable, auth, api } = await readCollection();
  const { body: document } = await api.call("GET", "/openapi.json");
  const operations = Object.values<object>(document.paths).flatMap((methods) => {
    return Object.values(methods);
  });
  const requests = operations.flatMap(({ requestBody: described }) => {
    return Object.keys(described?.content["application/json"].examples ?? { one: "" });
  });
  expect(items).toHaveLength(requests.length);
  expect(items.map(({ name }) => name)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Sends a message.*: album$/)]),
  );
  const tags = new Set(operations.map(({ tags: [tag] }) => tag));
  expect(folders.map(({ name }) => name)).toEqual([...tags]);
  expect(variable).toEqual(
    expect.arrayContaining([
      { key: "baseUrl", value: "http://test" },
      { key: "apiKey", value: "" },
      { key: "instanceId", value: "" },
    ]),
  );
  expect(auth.apikey).toContainEqual({ key: "value", value: "{{apiKey}}" });
});

it("points at PUBLIC_URL where there is one", async () => {
  const api = createTestApi({ publicUrl: "https://bots.example.com/x" });
  const { variable } = await readCollection(api);
  expect(variable[0]).toEqual({ key: "baseUrl", value: "https://bots.example.com/x" });
});

it("has requests that work as they are", async () => {
  const { items, api } = await readCollection();
  const find = (method: string, path: string) => {
    const found = items.find(({ request: { method: own, url } }) => {
      return own === method && url.raw === `{{baseUrl}}${path}`;
    });
    if (found) return found;
    throw new Error(`there is no ${method} ${path}`);
  };
  const { id } = await api.create();
  const variables = { baseUrl: "http://test", apiKey: API_KEY, instanceId: id };
  const run = async (
    method: string,
    path: string,
    change: (wanted: Item) => Item = (same) => same,
  ) => {
    const response = await api.handler(toRequest(change(find(method, path)), variables));
    onTestFinished(() => response.body?.cancel().catch(() => undefined));
    return response.status;
  };
  // The example names a provider that this engine does not have.
  const onFake = (wanted: Item): Item => {
    const { body: own } = wanted.request;
    const raw = own?.raw.replace('"baileys"', '"fake"') ?? "";
    return { ...wanted, request: { ...wanted.request, ...(own && { body: { ...own, raw } }) } };
  };
  expect(await run("GET", "/api/health")).toBe(200);
  expect(await run("POST", "/api/v1/instances")).toBe(400);
  expect(await run("POST", "/api/v1/instances", onFake)).toBe(200);
  expect(await run("GET", "/api/v1/instances")).toBe(200);
  expect(await run("GET", "/api/v1/instances/:instanceId")).toBe(200);
  expect(await run("GET", "/api/v1/instances/:instanceId/logs")).toBe(200);
  expect(await run("POST", "/api/v1/instances/:instanceId/stop")).toBe(200);
  expect(await run("DELETE", "/api/v1/instances/:instanceId")).toBe(200);
  expect(await api.manager.list()).toHaveLength(1);
});
