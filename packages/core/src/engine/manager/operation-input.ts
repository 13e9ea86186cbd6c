import { z } from "zod";

/** What callers hand to operations. */
export const idSchema = z.string().min(1).max(256);
export const idsSchema = z.array(idSchema).min(1).max(1000);
export const messageIdsSchema = z.array(idSchema).max(1000);
export const subjectSchema = z.string().trim().min(1).max(128);
export const descriptionSchema = z.string().max(2048).nullable();
export const linkSchema = z.string().trim().min(1).max(256);
/** Up to the longest that any platform keeps messages for. */
export const ephemeralSchema = z.int().min(1).max(31_536_000).nullable();
export const untilSchema = z.date().nullable();
export const presenceSchema = z.enum(["typing", "recording", "paused"]);
export const participantActionSchema = z.enum(["add", "remove", "promote", "demote"]);
export const newGroupSchema = z.strictObject({
  subject: subjectSchema,
  participants: z.array(idSchema).max(1000).default([]),
});
export const groupSettingsSchema = z
  .strictObject({
    announceOnly: z.boolean().optional(),
    locked: z.boolean().optional(),
    joinApproval: z.boolean().optional(),
  })
  .refine((settings) => Object.keys(settings).length > 0, "must change something");
export const inputsSchema = z.array(z.string().trim().min(1).max(256)).min(1).max(1000);
export const profileNameSchema = z.string().trim().min(1).max(128);
export const aboutSchema = z.string().max(2048);
