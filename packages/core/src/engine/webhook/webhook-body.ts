import type { JournalEvent } from "../event/instance-event.ts";
import { fitJson } from "./fit-json.ts";
import { instanceManagerShape } from "./instance-manager-shape.ts";
import { orquestaShape } from "./orquesta-shape.ts";
import type { Shape } from "./shape.ts";
import type { WebhookShape } from "./webhook-input.ts";

export const SHAPES: Readonly<Record<WebhookShape, Shape>> = {
  orquesta: orquestaShape,
  "instance-manager": instanceManagerShape,
};

/** The document allows 1 MB; it holds for every shape. */
const MAX_BODY_BYTES = 1_048_576;

/** The JSON that tells an event; beyond 1 MB its longest texts are cut and it is marked as `truncated`. */
export function webhookBody(shape: Shape, event: JournalEvent, provider: string): string {
  const whole = JSON.stringify(shape.body(event, { provider, truncated: false }));
  // UTF-8 needs three bytes for one UTF-16 unit at most.
  if (whole.length * 3 <= MAX_BODY_BYTES || Buffer.byteLength(whole) <= MAX_BODY_BYTES) {
    return whole;
  }
  return fitJson(shape.body(event, { provider, truncated: true }), MAX_BODY_BYTES);
}
