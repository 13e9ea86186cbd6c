import { InstanceManager, instanceLimit } from "@orquesta/core";
import { FakePlatform, type FakePlatformOptions, type FakeSession } from "@orquesta/core/testing";
import { onTestFinished, vi } from "vitest";
import { Conformance } from "./conformance.ts";
import { createDialects } from "./dialects/create-dialects.ts";
import { createOpenApiDocument } from "./documentation/openapi-document.ts";
import { createHandler } from "./handler.ts";
import { type HandlerOptions, resolveHandlerOptions } from "./handler-options.ts";
import type { HttpHandler } from "./http-handler.ts";

export const API_KEY = "operator-key";

export interface Call {
  readonly body?: unknown;
  /** @default the operator's; null sends none */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: assertions look into bodies of every shape.
  readonly body: any;
  readonly headers: Headers;
}

function toInit(method: string, { body, key = API_KEY, headers = {} }: Call): RequestInit {
  const all = new Headers(headers);
  if (key !== null && !all.has("authorization")) all.set("x-api-key", key);
  if (body === undefined) return { method, headers: all };
  if (!all.has("content-type")) all.set("content-type", "application/json");
  return { method, headers: all, body: typeof body === "string" ? body : JSON.stringify(body) };
}

let conformance: Conformance | undefined;

/** The document is the same whatever the options are, so one serves all tests of a file. */
function provideConformance(manager: InstanceManager): Conformance {
  const options = resolveHandlerOptions({});
  conformance ??= new Conformance(
    createOpenApiDocument(createDialects({ manager, options }), options),
  );
  return conformance;
}

/** Every answer has to be one that the OpenAPI document describes. */
function checked(handler: HttpHandler, conformance: Conformance): HttpHandler {
  return async (request) => {
    const response = await handler(request);
    await conformance.checkAnswer(request.method, request.url, response);
    return response;
  };
}

/**
 * The whole HTTP API over a real engine in memory, called through its front door. Instances are on a
 * fake platform, where they do nothing by themselves. Every answer, and every body that is taken, is
 * checked against the OpenAPI document: a status, a field or an error code that it does not have fails
 * the test.
 */
export function createTestApi(
  options: HandlerOptions = {},
  { capabilities }: Pick<FakePlatformOptions, "capabilities"> = {},
) {
  const platform = new FakePlatform({ connects: false, ...(capabilities && { capabilities }) });
  const manager = new InstanceManager({
    providers: [platform.provider],
    admission: instanceLimit(10),
    webhooks: { allowPrivate: false, allowedHosts: ["localhost"] },
  });
  onTestFinished(() => manager.close());
  const conformance = provideConformance(manager);
  const own = { apiKey: API_KEY, publicPort: 3000, ...options };
  const handler = checked(createHandler(manager, own), conformance);

  async function call(method: string, path: string, request: Call = {}): Promise<Answer> {
    const url = `http://test${path}`;
    const response = await handler(new Request(url, toInit(method, request)));
    if (response.ok && typeof request.body === "object") {
      conformance.checkAccepted(method, url, request.body);
    }
    const text = await response.text();
    return {
      status: response.status,
      body: text === "" ? null : JSON.parse(text),
      headers: response.headers,
    };
  }

  /** A new instance, started. */
  async function create(body: Readonly<Record<string, unknown>> = {}) {
    const input = { company_id: "user-001", provider: "fake", type_instance: ["api"], ...body };
    const { body: created } = await call("POST", "/api/v1/instances", { body: input });
    return {
      id: String(created.instance_id),
      key: String(created.process_result.details.api_key),
      path: `/api/v1/instances/${created.instance_id}`,
    };
  }

  /** The platform's end of an instance that was started. */
  const session = (id: string): Promise<FakeSession> => vi.waitFor(() => platform.session(id));

  /** A new instance that is connected to the platform. */
  async function createConnected() {
    const instance = await create();
    (await session(instance.id)).connect("1234567890");
    await manager.start(instance.id, { until: "connected" });
    return instance;
  }

  return { manager, platform, handler, call, create, createConnected, session };
}
