import { z } from "zod";

export const DELIVERY_STATES = ["pending", "done", "dead", "redelivered"] as const;

/** Ids and cursors are numbers for us and opaque for everybody else. */
export const deliveryIdSchema = z
  .string()
  .regex(/^\d{1,15}$/, "is not an id that Orquesta gave")
  .transform(Number);

export const deliveryQuerySchema = z.strictObject({
  webhookId: z.string().max(100).optional(),
  state: z.enum(DELIVERY_STATES).optional(),
  limit: z.int().min(1).max(500).default(100),
  /** From the page before. */
  cursor: deliveryIdSchema.optional(),
});

const eventNumber = z.int().min(1);

export const replaySchema = z
  .strictObject({
    /** Number of the first event. */
    from: eventNumber,
    /** Number of the last one. @default the newest of now */
    to: eventNumber.optional(),
  })
  .refine(({ from, to }) => to === undefined || from <= to, {
    path: ["to"],
    error: "is before from",
  });

/** `limit` @default 100, at most 500 */
export type DeliveryFilter = z.input<typeof deliveryQuerySchema>;
export type DeliveryQuery = z.output<typeof deliveryQuerySchema>;
export type ReplayRange = z.input<typeof replaySchema>;
