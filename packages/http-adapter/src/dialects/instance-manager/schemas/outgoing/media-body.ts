import { z } from "@hono/zod-openapi";
import { mediaSourceSchema } from "@orquesta/core";

const [fromUrl, , , , received] = mediaSourceSchema.options;

/** Without a pattern that goes back over what it has read: these are millions of characters. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && !/[^A-Za-z0-9+/=]|=[^=]|={3}/.test(text);
}

/**
 * A medium in a body of JSON. There is no path of a file, which would be one of the server's.
 */
export const mediaBodySchema = z
  .strictObject({
    url: fromUrl.shape.url
      .optional()
      .describe("http or https; read when the message is taken over"),
    base64: z
      .string()
      .min(1)
      .refine(isBase64, "must be base64 with its padding, and no data: in front")
      .optional()
      .describe("The bytes, as in RFC 4648, section 4"),
    media_id: received.shape.mediaId
      .optional()
      .describe("What this instance received, by the id in its message"),
    file_name: fromUrl.shape.fileName.describe("As the reader sees it; else that of the URL"),
    mime_type: fromUrl.shape.mimeType.describe("Counts where the bytes do not tell, as in text"),
  })
  .refine(
    ({ url, base64, media_id: id }) =>
      [url, base64, id].filter((way) => way !== undefined).length === 1,
    "must have exactly one of url, base64 and media_id",
  )
  .openapi("Media", { description: "Has exactly one of `url`, `base64` and `media_id`" });

export type MediaBody = z.output<typeof mediaBodySchema>;

/** The same for the engine, but for the case of its names. */
export function toSource({ base64, ...rest }: MediaBody): object {
  return base64 === undefined ? rest : { ...rest, bytes: Buffer.from(base64, "base64") };
}
