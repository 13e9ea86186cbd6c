import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { OrquestaServer } from "./orquesta-server.ts";

test("the installed server serves its documentation", async () => {
  const consumer = inject("consumer");
  await using server = await OrquestaServer.start({
    consumer,
    cwd: await mkdtemp(join(consumer, "server-")),
    env: {},
  });
  const page = await fetch(`${server.url}/`, { headers: { accept: "text/html" } });
  expect(page.url).toBe(`${server.url}/swagger/index.html`);
  const files = [...(await page.text()).matchAll(/(?:src|href)="([^":,]+)"/g)].map(
    ([, file]) => file,
  );
  expect(files).toContain("swagger-ui-bundle.js");
  for (const file of files) {
    const answer = await fetch(new URL(file ?? "", page.url));
    expect(answer.status, file).toBe(200);
    await answer.body?.cancel();
  }
  expect(server.program.output).toContain(`${server.url}/swagger/index.html`);
});

test("the installed client loads axios and nothing of the server", async () => {
  const dist = join(inject("consumer"), "node_modules", "@orquesta", "http-adapter", "dist");
  const seen = new Set<string>();
  const outside = new Set<string>();
  const follow = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await readFile(join(dist, file), "utf8");
    for (const [, target = ""] of text.matchAll(/(?:from|import)\s*\(?["']([^"']+)["']/g)) {
      if (target.startsWith("./")) await follow(target.slice(2));
      else outside.add(target.replace(/^node:/, ""));
    }
  };
  await follow("client.js");
  expect([...outside].sort()).toEqual(["axios", "crypto"]);
});
