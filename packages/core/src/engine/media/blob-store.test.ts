import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { BlobStore } from "./blob-store.ts";

const store = new BlobStore(null);
const limit = (maxBytes: number) => ({ maxBytes, signal: new AbortController().signal });
afterEach(() => store.close());

it("the same bytes are one blob, which opens as they were; more than the limit are refused", async () => {
  const bytes = Buffer.from("hello");
  const first = await store.put(Readable.from([bytes]), limit(5));
  expect(await store.put(Readable.from([bytes]), limit(5))).toEqual(first);
  expect(first).toEqual({
    hash: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    size: 5,
  });
  expect(await buffer(await store.open(first.hash))).toEqual(bytes);
  await expect(store.put(Readable.from([bytes]), limit(4))).rejects.toMatchObject({
    code: "MEDIA_TOO_LARGE",
  });
  await expect(store.open("00".repeat(32))).rejects.toMatchObject({ code: "MEDIA_NOT_FOUND" });
});
