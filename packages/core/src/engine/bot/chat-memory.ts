import { OrquestaError } from "../error/orquesta-error.ts";
import type { OpenMenu } from "./menu.ts";

/** What a bot remembers of a chat between two messages. */
export interface ChatMemory<Session> {
  session: Session;
  menu: OpenMenu | null;
}

/** Larger ones are refused: every message of the chat reads and may write them. */
export const MAX_SESSION_BYTES = 65_536;

/** What is not stored is filled in from `initial`: a new field has its default in old chats, too. */
export function readMemory<Session>(stored: string | null, initial: Session): ChatMemory<Session> {
  if (stored === null) return { session: initial, menu: null };
  // Written by `writeMemory`; that the session still has the bot's type is the bot's to see to.
  const { session, menu } = JSON.parse(stored) as Partial<ChatMemory<Session>>;
  return {
    session: session === undefined ? initial : { ...initial, ...session },
    menu: menu ?? null,
  };
}

/** @throws VALIDATION_FAILED when it is too large, or no JSON */
export function writeMemory<Session>(memory: ChatMemory<Session>): string {
  const text = toJson(memory);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_SESSION_BYTES) return text;
  throw new OrquestaError(
    "VALIDATION_FAILED",
    `the session of a chat has at most ${MAX_SESSION_BYTES} bytes as JSON; this one has ${bytes}`,
  );
}

function toJson({ session, menu }: ChatMemory<unknown>): string {
  try {
    return JSON.stringify({ session, menu });
  } catch (cause) {
    throw new OrquestaError("VALIDATION_FAILED", "the session of a chat has to be JSON", { cause });
  }
}
