import type { WASocket } from "@whiskeysockets/baileys";
import { OutgoingGate } from "./outgoing/outgoing-gate.ts";
import { keepNoRecentMessages } from "./outgoing/recent-messages.ts";
import { makeSocketConfig, type SocketConfigParts } from "./socket-config.ts";
import { boundClosing, type RawWebSocket, rawWebSocketOf } from "./socket-ending.ts";

export interface OpenSocket {
  readonly socket: WASocket;
  readonly raw: RawWebSocket;
  readonly gate: OutgoingGate;
}

/** Makes a Baileys socket, which connects at once, with our gate before its wire. */
export function openSocket(parts: SocketConfigParts): OpenSocket {
  const socket = parts.library.makeWASocket(makeSocketConfig(parts));
  keepNoRecentMessages(socket);
  const raw = rawWebSocketOf(socket);
  boundClosing(raw);
  return { socket, raw, gate: new OutgoingGate(raw) };
}
