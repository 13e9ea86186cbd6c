/** A session key as `useMultiFileAuthState` names it. */
export interface KeyName {
  readonly type: string;
  readonly id: string;
}

/**
 * How ids became part of a file name: Baileys writes `__` for `/` and `-` for `:`, which only the type
 * of a key tells how to undo. Longer types come first: `sender-key-memory` is no `sender-key`.
 */
const TYPES: readonly (readonly [type: string, toId: (text: string) => string | null])[] = [
  ["app-state-sync-version", asItIs],
  ["app-state-sync-key", (text) => text.replaceAll("__", "/")],
  ["sender-key-memory", asItIs],
  ["sender-key", toSenderKeyName],
  ["identity-key", asItIs],
  ["lid-mapping", asItIs],
  ["device-list", asItIs],
  ["pre-key", (text) => (/^\d+$/.test(text) ? text : null)],
  ["session", asItIs],
  ["tctoken", asItIs],
];

/** @returns null for a file that is no session key */
export function readKeyName(fileName: string): KeyName | null {
  if (!fileName.endsWith(".json")) return null;
  const name = fileName.slice(0, -".json".length);
  for (const [type, toId] of TYPES) {
    if (!name.startsWith(`${type}-`)) continue;
    const id = toId(name.slice(type.length + 1));
    return id === null || id === "" ? null : { type, id };
  }
  return null;
}

function asItIs(text: string): string {
  return text;
}

/** `<group>::<user>::<device>` */
function toSenderKeyName(text: string): string | null {
  const parts = /^(.+@.+)--([^-]+)--(\d+)$/.exec(text);
  return parts === null ? null : parts.slice(1).join("::");
}
