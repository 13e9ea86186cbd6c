import { InstanceManager } from "@orquesta/core";
import { FakePlatform } from "@orquesta/core/testing";
import { describe, expect, it, vi } from "vitest";
import { createOpenApiDocument } from "../../documentation/openapi-document.ts";
import { type DescribedOperation, operationsOf } from "../../documentation/operations.ts";
import { resolveHandlerOptions } from "../../handler-options.ts";
import { createTestApi } from "../../test-api.ts";
import { createDialects } from "../create-dialects.ts";
import { BASE_PATH, INSTANCES_PATH as INSTANCES } from "./route-kit.ts";

const UNKNOWN = "550e8400-e29b-41d4-a716-446655440000";
const NOT_FOUND = { success: false, error: "Instance not found", code: "INSTANCE_NOT_FOUND" };
const JSON_TYPE = "application/json";
const MAX_BODY_BYTES = 1_048_576;

/** What stands where an id should be. Each is a segment of its own: it reaches the route. */
const TRICKS = [
  "1",
  "not-a-uuid",
  "..%2f..%2fetc%2fpasswd",
  "..%5c..%5cetc%5cpasswd",
  "%252e%252e%252fetc%252fpasswd",
  "%c0%ae%c0%ae%c0%af",
  "%00",
  "%ff",
  "%",
  "'%20or%201=1--",
  `${UNKNOWN}%0a`,
  `${UNKNOWN}%00`,
  UNKNOWN.replaceAll("-", ""),
  "a".repeat(8000),
];

/** All of the dialect: a route that is added is tested by this. */
async function describeOperations(): Promise<DescribedOperation[]> {
  const manager = new InstanceManager({ providers: [new FakePlatform().provider] });
  await manager.close();
  const options = resolveHandlerOptions({});
  const document = createOpenApiDocument(createDialects({ manager, options }), options);
  return operationsOf(document).filter(({ path, operation }) => {
    // A WebSocket is asked for by an upgrade and not by a request: it has tests of its own.
    return path.startsWith(`${BASE_PATH}/`) && !("101" in (operation.responses ?? {}));
  });
}

function read(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner: unknown, name) => Reflect.get(Object(inner), name), value);
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: unknown;
}

function parametersOf({ operation }: DescribedOperation, place: string): Parameter[] {
  const all = (operation.parameters ?? []) as readonly Parameter[];
  return all.filter((parameter) => parameter.in === place);
}

/** The example of the document, which every body has to have; the first one where it has several. */
function bodyOf({ operation }: DescribedOperation): Readonly<Record<string, unknown>> | undefined {
  if (operation.requestBody === undefined) return undefined;
  const content = read(operation.requestBody, "content", JSON_TYPE);
  const [first] = Object.values(Object(read(content, "examples")));
  const example = read(content, "example") ?? read(first, "value");
  if (typeof example === "object" && example !== null) return { ...example };
  throw new Error(`${operation.operationId} needs an example of its body`);
}

function toPath({ path }: DescribedOperation, ids: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? UNKNOWN);
}

function wrongFor(value: unknown): unknown {
  return typeof value === "string" ? { $ne: 1 } : "wrong";
}

/** An API with one instance, which has to be as it was when the test ends. */
async function setUp({ method }: DescribedOperation) {
  const api = createTestApi({ waitMs: 1 });
  const { id, key } = await api.create();
  const look = async () => {
    const views = await api.manager.list();
    const keys = await api.manager.keys.list(id);
    return { views: views.map((view) => [view.id, view.desired]), keys: keys.map(({ id }) => id) };
  };
  const before = await look();
  const call = (path: string, request: Parameters<typeof api.call>[2] = {}) =>
    api.call(method.toUpperCase(), path, request);
  return {
    ...api,
    id,
    key,
    call,
    expectNoChange: async () => expect(await look()).toEqual(before),
  };
}

const OPERATIONS = (await describeOperations()).map((operation) => ({
  title: `${operation.method.toUpperCase()} ${operation.path}`,
  described: operation,
}));
const OF_INSTANCE = OPERATIONS.filter(({ described }) => described.path.includes("{instanceId}"));
const WITH_BODY = OPERATIONS.filter(({ described }) => described.operation.requestBody);
const WITH_QUERY = OPERATIONS.filter(
  ({ described }) => parametersOf(described, "query").length > 0,
);
const WITH_OTHER_IDS = OF_INSTANCE.filter(
  ({ described }) => parametersOf(described, "path").length > 1,
);

it("knows the routes of the document", () => {
  expect(OPERATIONS.length).toBeGreaterThanOrEqual(17);
  expect(WITH_BODY.length).toBeGreaterThanOrEqual(3);
});

describe.each(OPERATIONS)("$title", ({ described }) => {
  it("S2-38 S2-16 wants a key before it looks at anything else", async () => {
    const { call, id, expectNoChange } = await setUp(described);
    const path = toPath(described, { instanceId: id });
    const unknown = toPath(described, {});
    for (const key of [null, "", "wrong", "x".repeat(10_000)]) {
      for (const [where, body] of [
        [path, undefined],
        [unknown, undefined],
        ...(described.method === "get" ? [] : [[path, "{"] as const]),
      ] as const) {
        const answer = await call(where, { key, body });
        expect(answer.status).toBe(401);
        expect(answer.body).toEqual({
          success: false,
          error: "a valid API key is required",
          code: "UNAUTHORIZED",
        });
      }
    }
    await expectNoChange();
  });
});

describe.each(OF_INSTANCE)("$title", ({ described }) => {
  it("S2-16 C-16 finds no instance by an unknown id, or by what is none", async () => {
    const { call, expectNoChange } = await setUp(described);
    const request = { body: bodyOf(described) };
    for (const instanceId of [UNKNOWN, ...TRICKS]) {
      const answer = await call(toPath(described, { instanceId }), request);
      expect([answer.status, answer.body]).toEqual([404, NOT_FOUND]);
    }
    await expectNoChange();
  });

  it("S2-37 does not tell another instance's key whether there is one", async () => {
    const { call, create, key } = await setUp(described);
    const other = await create();
    const request = { key, body: bodyOf(described) };
    const answers = [
      await call(toPath(described, { instanceId: other.id }), request),
      await call(toPath(described, { instanceId: UNKNOWN }), request),
    ];
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect([401, 404]).toContain(answers[0]?.status);
  });
});

describe.each(WITH_OTHER_IDS)("$title", ({ described }) => {
  it("C-16 takes no trick for an id of anything else", async () => {
    const { call, id, manager, session, expectNoChange } = await setUp(described);
    // Some ids are the platform's, which is asked while the instance is connected.
    (await session(id)).connect("1234567890");
    await manager.start(id, { until: "connected" });
    const [name = ""] = parametersOf(described, "path")
      .map((parameter) => parameter.name)
      .filter((each) => each !== "instanceId");
    for (const trick of TRICKS) {
      const path = toPath(described, { instanceId: id, [name]: trick });
      const answer = await call(path, { body: bodyOf(described) });
      expect([400, 404]).toContain(answer.status);
    }
    await expectNoChange();
  });
});

describe.each(WITH_QUERY)("$title", ({ described }) => {
  it("S2-17 refuses what a parameter may not be", async () => {
    const { call, id, expectNoChange } = await setUp(described);
    for (const { name, schema } of parametersOf(described, "query")) {
      const isFree = read(schema, "type") === "string" && !read(schema, "format");
      if (isFree && !read(schema, "enum")) continue;
      const answer = await call(`${toPath(described, { instanceId: id })}?${name}=%F0%9F%92%A5`);
      expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_FAILED"]);
      expect(answer.body.error).toContain(name);
    }
    await expectNoChange();
  });
});

describe.each(WITH_BODY)("$title", ({ described }) => {
  it("S2-16 refuses what is no JSON", async () => {
    const { call, id, expectNoChange } = await setUp(described);
    for (const body of ["{", "[1,", "\u0000", '{"a":1,}', "nul"]) {
      const answer = await call(toPath(described, { instanceId: id }), { body });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        success: false,
        error: "the request body is not valid JSON",
        code: "INVALID_JSON",
      });
    }
    await expectNoChange();
  });

  it("S2-17 refuses a body that is too large, told or not", async () => {
    const { call, handler, id, expectNoChange } = await setUp(described);
    const path = toPath(described, { instanceId: id });
    const maxBytes = Number(described.operation["x-max-body-bytes"] ?? MAX_BODY_BYTES);
    const text = JSON.stringify({ ...bodyOf(described), more: "x".repeat(maxBytes) });
    const told = await call(path, { body: text });
    expect([told.status, told.body.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    const untold = await handler(
      new Request(`http://test${path}`, {
        method: described.method.toUpperCase(),
        headers: { "x-api-key": "operator-key", "content-type": JSON_TYPE },
        body: new Blob([text]).stream(),
        duplex: "half",
      }),
    );
    expect(untold.status).toBe(413);
    await expectNoChange();
  });

  it("S2-17 refuses other types of content, two of them and none", async () => {
    const { call, handler, id, expectNoChange } = await setUp(described);
    if (read(described.operation.requestBody, "required") !== true) return;
    const path = toPath(described, { instanceId: id });
    const body = JSON.stringify(bodyOf(described));
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      `${JSON_TYPE}, text/plain`,
    ]) {
      const answer = await call(path, { body, headers: { "content-type": type } });
      expect([answer.status, answer.body.code]).toEqual([400, "UNSUPPORTED_MEDIA_TYPE"]);
    }
    const request = new Request(`http://test${path}`, {
      method: described.method.toUpperCase(),
      headers: { "x-api-key": "operator-key" },
      body: new TextEncoder().encode(body),
    });
    expect((await handler(request)).status).toBe(400);
    await expectNoChange();
  });

  it("S2-16 refuses fields of the wrong type, and fields that it does not know", async () => {
    const { call, id, expectNoChange } = await setUp(described);
    const path = toPath(described, { instanceId: id });
    const example = bodyOf(described) ?? {};
    const wrong = Object.entries(example).map(([name, value]) => {
      return { ...example, [name]: wrongFor(value) };
    });
    for (const body of [[], "null", '"text"', "7", { ...example, nonsense: 1 }, ...wrong]) {
      const answer = await call(path, { body });
      expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_FAILED"]);
    }
    await expectNoChange();
  });
});

describe("refusals", () => {
  it.each([
    ["PUT", INSTANCES],
    ["PATCH", `${INSTANCES}/${UNKNOWN}`],
    ["GET", `${INSTANCES}/${UNKNOWN}/start`],
    ["POST", `${INSTANCES}/${UNKNOWN}/logs`],
    ["OPTIONS", INSTANCES],
    ["GET", "/api/v1"],
    ["GET", "/api/v1/"],
    ["GET", "/api/v1/nothing"],
    ["GET", `${INSTANCES}/`],
    ["GET", `${INSTANCES}/${UNKNOWN}/nothing`],
    ["GET", `${INSTANCES}//qr`],
  ])("S2-16 %s %s is no route", async (method, path) => {
    const { call } = createTestApi();
    const { status, body } = await call(method, path);
    expect(status).toBe(404);
    expect(body).toEqual({ success: false, error: expect.any(String), code: "NOT_FOUND" });
  });

  it("S2-17 tells nothing of what went wrong inside", async () => {
    const { call, create, manager } = createTestApi();
    const { path } = await create();
    vi.spyOn(manager, "get").mockRejectedValue(new Error("SELECT hunter2 FROM secrets"));
    const { status, body } = await call("GET", path);
    expect(status).toBe(500);
    expect(body).toEqual({ success: false, error: "Internal server error", code: "INTERNAL" });
  });

  it("S2-16 reads HEAD like GET, without a body", async () => {
    const { call, create } = createTestApi();
    const { path } = await create();
    const found = await call("HEAD", path);
    expect([found.status, found.body]).toEqual([200, null]);
    const missing = await call("HEAD", `${INSTANCES}/${UNKNOWN}`);
    expect([missing.status, missing.body]).toEqual([404, null]);
  });
});
