import type { Shape } from "./shape.ts";

/** Every durable event, as it is in the journal. */
export const orquestaShape: Shape = {
  tells: () => true,
  body: (event, { truncated }) => (truncated ? { ...event, truncated } : event),
  test: ({ id, instanceId, occurredAt, text }) => ({
    id,
    instanceId,
    number: null,
    name: "webhook.test",
    chatId: null,
    occurredAt,
    data: { text },
  }),
};
