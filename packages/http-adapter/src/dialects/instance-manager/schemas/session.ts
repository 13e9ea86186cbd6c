import { z } from "@hono/zod-openapi";
import { account, iso, success } from "./common.ts";
import { instanceSchema } from "./instance.ts";

/** Of the body of an import: a session with many contacts has some megabytes. */
export const MAX_IMPORT_BYTES: number = 16 * 2 ** 20;

const passphrase = z.string().max(1024).openapi({ format: "password" });

export const exportBodySchema = z
  .strictObject({ passphrase: passphrase.min(12) })
  .openapi("ExportSession");

export const exportedSchema = z.object({
  success,
  data: z.object({
    session: z
      .base64()
      .openapi({ description: "The sealed session, base64 (RFC 4648, section 4)" }),
    bytes: z.int().openapi({ description: "Its size before base64" }),
  }),
});

export const importBodySchema = z
  .strictObject({ session: z.base64().min(1), passphrase: passphrase.min(1) })
  .openapi("ImportSession");

export const restoreBodySchema = z
  .strictObject({ archive_id: z.string().min(1).max(64) })
  .openapi("RestoreSession");

const archiveSchema = z
  .object({
    id: z.string(),
    account,
    key_count: z.int(),
    archived_at: iso,
    expires_at: iso,
  })
  .openapi("SessionArchive");

export const archiveListSchema = z.object({ success, data: z.array(archiveSchema) });
export const adoptedSchema = z.object({ success, message: z.string(), data: instanceSchema });

export const EXPORT_EXAMPLE = { passphrase: "correct horse battery staple" };
export const IMPORT_EXAMPLE = { session: "b3JxdWVzdGEtc2Vzc2lvbg==", ...EXPORT_EXAMPLE };
export const RESTORE_EXAMPLE = { archive_id: "01a1fe14-face-7036-952d-e7db5fe6820e" };
