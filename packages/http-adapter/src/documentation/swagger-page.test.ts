import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { toNodeListener } from "../mounts/node.ts";
import { API_KEY, createTestApi } from "../test-api.ts";
import { describeInBrowser } from "../test-browser.ts";

const UNKNOWN = "550e8400-e29b-41d4-a716-446655440000";

/** The API on a port of its own, as a framework mounts it that takes its prefix off the path. */
async function listen(prefix = "") {
  const api = createTestApi({ waitMs: 50 });
  const listener = toNodeListener(api.handler);
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith(prefix)) return void outgoing.writeHead(502).end();
    incoming.url = incoming.url.slice(prefix.length);
    void listener(incoming, outgoing);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server, "listening");
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return { ...api, url: `http://127.0.0.1:${port}${prefix}` };
}

async function authorize(page: Page): Promise<void> {
  await page.click(".scheme-container button.authorize");
  await page.fill(".auth-container:has(code:has-text('apiKey')) input", API_KEY);
  await page.click(".auth-container:has(code:has-text('apiKey')) button.authorize");
  await page.click("button.btn-done");
}

/** Presses "Try it out" and "Execute". @returns the status that the page shows */
async function tryOut(
  page: Page,
  operation: string,
  { body, ids = UNKNOWN }: { readonly body?: object; readonly ids?: string | undefined } = {},
): Promise<number> {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  if (!(await block.getAttribute("class"))?.includes("is-open")) {
    await block.locator(".opblock-summary-control").click();
    await block.locator(".try-out__btn").click();
  }
  for (const input of await block.locator('tr[data-param-in="path"] input').all()) {
    await input.fill(ids);
  }
  if (body) await block.locator("textarea.body-param__text").fill(JSON.stringify(body));
  // An answer that is shown already would be taken for the next one.
  const clear = block.locator("button.btn-clear");
  if ((await clear.count()) > 0) await clear.click();
  await block.locator("button.execute").click();
  const shown = block.locator(".live-responses-table .response-col_status").last();
  await shown.waitFor();
  return Number.parseInt((await shown.textContent()) ?? "", 10);
}

describe("the files of the page", () => {
  it.each(["/swagger", "/swagger/"])("%s leads to the page", async (path) => {
    const { handler } = createTestApi();
    const { status, headers } = await handler(new Request(`http://test${path}`));
    expect(status).toBe(302);
    const target = new URL(headers.get("location") ?? "", `http://test${path}`);
    expect(target.pathname).toBe("/swagger/index.html");
  });

  it.each([
    ["index.html", "text/html"],
    ["page.js", "text/javascript"],
    ["swagger-ui-bundle.js", "text/javascript"],
    ["swagger-ui.css", "text/css"],
  ])("%s is served to everybody, under a policy of its own", async (file, type) => {
    const { handler } = createTestApi();
    const { status, headers, body } = await handler(new Request(`http://test/swagger/${file}`));
    await body?.cancel();
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe(`${type}; charset=utf-8`);
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(headers.get("x-frame-options")).toBe("DENY");
  });

  it.each(["package.json", "..%2fpage.js", "%2e%2e%2findex.html", "nothing", "swagger-ui.js"])(
    "%s is no file of it",
    async (file) => {
      const { call } = createTestApi();
      expect((await call("GET", `/swagger/${file}`)).status).toBe(404);
    },
  );

  it.each([
    "/swagger",
    "/swagger/index.html",
    "/swagger/page.js",
    "/openapi.json",
    "/postman.json",
  ])("%s is gone when the documentation is switched off", async (path) => {
    const { call } = createTestApi({ docs: "off" });
    expect((await call("GET", path)).status).toBe(404);
  });
});

describeInBrowser("the Swagger page in a browser", (open) => {
  it("shows every route and asks nobody but its own server", async () => {
    const { url, call } = await listen();
    const { page, requested, complaints } = await open(`${url}/`);
    await page.waitForSelector(".opblock");
    expect(page.url()).toBe(`${url}/swagger/index.html`);
    const { body } = await call("GET", "/openapi.json");
    const routes = Object.values<object>(body.paths).flatMap((methods) => Object.keys(methods));
    expect(await page.locator(".opblock").count()).toBe(routes.length);
    expect(requested.filter((address) => !address.startsWith(`${url}/`))).toEqual([]);
    expect(complaints).toEqual([]);
  }, 120_000);

  it("tries routes out with a key that it is given once", async () => {
    const { url, manager } = await listen();
    const { page, complaints } = await open(`${url}/swagger/index.html`);
    expect(await tryOut(page, "listInstances")).toBe(401);
    await authorize(page);
    const body = { company_id: "user-001", provider: "fake" };
    expect(await tryOut(page, "createInstance", { body })).toBe(200);
    const [instance] = await manager.list();
    expect(instance?.companyId).toBe("user-001");
    expect(await tryOut(page, "listInstances")).toBe(200);
    expect(await page.locator("#operations-Instances-listInstances").textContent()).toContain(
      instance?.id,
    );
    expect(await tryOut(page, "getInstance", { ids: instance?.id })).toBe(200);
    expect(await tryOut(page, "getInstance")).toBe(404);
    // Chromium logs refusals; the page itself did nothing that it may not.
    expect(complaints.filter((text) => !text.startsWith("Failed to load resource"))).toEqual([]);
  }, 120_000);

  it("keeps the key for the tab only", async () => {
    const { url } = await listen();
    const { page } = await open(`${url}/swagger/index.html`);
    await authorize(page);
    await page.goto(`${url}/swagger/index.html`);
    expect(await tryOut(page, "listInstances")).toBe(200);
    expect(await page.evaluate("Object.keys(localStorage)")).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    const other = await page.context().newPage();
    await other.goto(`${url}/swagger/index.html`);
    expect(await tryOut(other, "listInstances")).toBe(401);
    await page.click(".scheme-container button.authorize");
    await page.click(".auth-container:has(code:has-text('apiKey')) button:has-text('Logout')");
    await page.goto(`${url}/swagger/index.html`);
    expect(await tryOut(page, "listInstances")).toBe(401);
  }, 120_000);

  it("works behind a prefix", async () => {
    const { url } = await listen("/bots");
    const { page } = await open(`${url}/swagger`);
    await authorize(page);
    expect(await tryOut(page, "listInstances")).toBe(200);
  }, 120_000);

  it("can try each route out", async () => {
    const { url, call } = await listen();
    const { page } = await open(`${url}/swagger/index.html`);
    await authorize(page);
    const { body: document } = await call("GET", "/openapi.json");
    for (const [path, methods] of Object.entries<object>(document.paths)) {
      for (const { operationId, responses } of Object.values(methods)) {
        // A stream has no end that the page could show, and a WebSocket no page to try it from.
        if (responses[101] || responses[200]?.content?.["text/event-stream"]) continue;
        const status = await tryOut(page, operationId);
        // What stays open is drawn again with every answer.
        await page.locator(`.opblock[id$="-${operationId}"] .opblock-summary-control`).click();
        expect(Object.keys(responses), `${operationId} answered ${status}`).toContain(`${status}`);
        if (path.includes("{instanceId}")) expect([400, 404], operationId).toContain(status);
      }
    }
  }, 600_000);
});
