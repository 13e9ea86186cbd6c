import { z } from "zod";

/** A visiting card in a message, of somebody who need not be on the platform. */
export const contactCardSchema = z.strictObject({
  name: z.string().min(1).max(256),
  /** As people write them, with the country code; the first is the main one. */
  phones: z.array(z.string().min(3).max(40)).min(1).max(10),
  organization: z.string().max(256).optional(),
  email: z.string().max(256).optional(),
});

export type ContactCard = z.output<typeof contactCardSchema>;
