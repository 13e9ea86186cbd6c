import type { Message } from "../wire/types.ts";
import type { Call, Methods } from "./call.ts";
import { deliver } from "./deliver.ts";
import { textOf } from "./text-of.ts";

export const messageMethods: Methods = {
  sendMessage: (call: Call): Message => deliver(call, textOf(call.parameters)),
};
