import type { z } from "zod";
import type {
  createdSchema,
  instanceAnswerSchema,
} from "../dialects/instance-manager/schemas/instance.ts";
import type { logsAnswerSchema } from "../dialects/instance-manager/schemas/log.ts";
import type { messageAnswerSchema } from "../dialects/instance-manager/schemas/message.ts";
import type { SendBody } from "../dialects/instance-manager/schemas/outgoing/send-body.ts";
import type {
  authStatusAnswerSchema,
  qrAnswerSchema,
} from "../dialects/instance-manager/schemas/pairing.ts";

/** What the server's own schemas say; only types, so that nothing of the server is loaded. */
export type Instance = z.output<typeof instanceAnswerSchema>["data"];
export type CreatedInstance = z.output<typeof createdSchema>;
export type QrCode = z.output<typeof qrAnswerSchema>["data"];
export type AuthStatus = z.output<typeof authStatusAnswerSchema>["data"];
export type InstanceLogs = z.output<typeof logsAnswerSchema>["data"];
export type Message = z.output<typeof messageAnswerSchema>["data"];
export type SendMessage = SendBody;

/** Where the events of an instance go. */
export interface Webhook {
  readonly url: string;
  /** Sent with every event. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default true */
  readonly enabled?: boolean;
}
