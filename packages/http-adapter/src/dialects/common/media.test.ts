import { describe, expect, it } from "vitest";
import { API_KEY, createTestApi } from "../../test-api.ts";

const GIF = Buffer.from("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==", "base64");

async function receive(id: string, bytes: Buffer, fileName: string | null, mimeType = "a/b") {
  const api = createTestApi();
  const instance = await api.createConnected();
  api.platform.account(instance.id).media.set(id, bytes);
  const session = await api.session(instance.id);
  const media = { id, mimeType, size: bytes.length, fileName };
  await session.receiveContent({ type: "document", media, caption: null });
  const get = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
    const response = await api.handler(new Request(`http://test${path}`, { method, headers }));
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const { token } = await api.manager.media.link(instance.id, id);
  return { ...api, instance, get, token, link: `/media/${token}` };
}

describe("a medium over HTTP", () => {
  it("is given to whoever has its link, whole and in parts", async () => {
    const { get, link } = await receive("m", GIF, "réd.gif");
    const whole = await get(link);
    expect(whole.response.status).toBe(200);
    expect(whole.bytes).toEqual(GIF);
    expect(Object.fromEntries(whole.response.headers)).toMatchObject({
      "content-type": "image/gif",
      "content-length": String(GIF.length),
      "content-disposition": "inline; filename=\"r?d.gif\"; filename*=UTF-8''r%C3%A9d.gif",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    });
    const head = await get(link, {}, "HEAD");
    expect([head.response.status, head.bytes.length]).toEqual([200, 0]);
    expect(head.response.headers.get("content-length")).toBe(String(GIF.length));
    for (const [range, expected] of [
      ["bytes=1-3", GIF.subarray(1, 4)],
      ["bytes=30-", GIF.subarray(30)],
      ["bytes=-4", GIF.subarray(-4)],
      ["bytes=0-999", GIF],
    ] as const) {
      const part = await get(link, { range });
      expect([part.response.status, part.bytes]).toEqual([206, expected]);
    }
    const beyond = await get(link, { range: "bytes=999-" });
    expect(beyond.response.status).toBe(416);
    expect(beyond.response.headers.get("content-range")).toBe(`bytes */${GIF.length}`);
    expect((await get(link, { range: "bytes=0-1,3-4" })).bytes).toEqual(GIF);
  });

  it.each([
    ["<script>alert(1)</script>", "a.html", "text/html"],
    ["<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"],
  ])("is never a page: %s", async (text, name, type) => {
    const { get, link } = await receive("m", Buffer.from(text), name, type);
    const { response } = await get(link);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; /);
  });

  it("is not given by another link, nor by one that has expired", async () => {
    const { get, link, manager, instance } = await receive("m", GIF, null);
    for (const other of [`${link}x`, "/media/x", "/media/a.b"]) {
      const { response, bytes } = await get(other);
      expect(response.status).toBe(404);
      expect(JSON.parse(bytes.toString())).toMatchObject({ error: { type: "NotFoundError" } });
    }
    const { token } = await manager.media.link(instance.id, "m", { validMs: 1 });
    await expect.poll(async () => (await get(`/media/${token}`)).response.status).toBe(410);
    const unknown = await manager.media.link(instance.id, "nothing");
    expect((await get(`/media/${unknown.token}`)).response.status).toBe(404);
  });

  it("is told from one that cannot be fetched now", async () => {
    const { get, link, manager, instance } = await receive("m", GIF, null);
    await manager.stop(instance.id);
    expect((await get(link)).response.status).toBe(409);
  });

  it("is given to the keys of its instance and to the operator, and to no other", async () => {
    const { get, instance, create } = await receive("m", GIF, "a.gif");
    const path = `${instance.path}/media/m`;
    for (const key of [API_KEY, instance.key]) {
      expect((await get(path, { "x-api-key": key })).bytes).toEqual(GIF);
    }
    const part = await get(path, { "x-api-key": instance.key, range: "bytes=0-2" });
    expect([part.response.status, part.bytes.toString()]).toEqual([206, "GIF"]);
    expect((await get(path)).response.status).toBe(401);
    const other = await create();
    expect((await get(path, { "x-api-key": other.key })).response.status).toBe(404);
    const missing = await get(`${instance.path}/media/none`, { "x-api-key": instance.key });
    expect(missing.response.status).toBe(404);
    expect(JSON.parse(missing.bytes.toString())).toMatchObject({ code: "MEDIA_NOT_FOUND" });
  });
});
