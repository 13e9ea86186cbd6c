import type { JournalEvent } from "../event/instance-event.ts";
import { instanceManagerShape } from "./instance-manager-shape.ts";
import type { WebhookShape } from "./webhook-input.ts";

/** The body that tells an event in the words of a shape; null when that shape does not tell it. */
export function webhookBody(
  shape: WebhookShape,
  event: JournalEvent,
  provider: string,
): object | null {
  switch (shape) {
    case "orquesta":
      return event;
    case "instance-manager":
      return instanceManagerShape(event, provider);
  }
}
