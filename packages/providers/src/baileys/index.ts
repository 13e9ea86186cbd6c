export type { BaileysOptions, BaileysSettings } from "./baileys-options.ts";
export { type BaileysProvider, baileys } from "./baileys-provider.ts";
export { multiFileSession } from "./multi-file-session.ts";
