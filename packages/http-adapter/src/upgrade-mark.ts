import { randomUUID } from "node:crypto";

/**
 * Marks a request that asks for a WebSocket, and the answer that grants one with the messages as its
 * body. Nobody outside this process knows the value, so nobody can pass a plain request for an upgrade.
 */
export const UPGRADE_MARK = { header: "x-orquesta-upgrade", value: randomUUID() } as const;

export function isMarkedAsUpgrade(headers: Headers): boolean {
  return headers.get(UPGRADE_MARK.header) === UPGRADE_MARK.value;
}
