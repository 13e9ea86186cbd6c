import { createServer, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";

const { ORQUESTA_URL = "http://localhost:3000", ORQUESTA_KEY = "", PORT = "4000" } = process.env;

/** The body that the Instance Manager API posts: documented, so taken as it is. */
interface Webhook {
  readonly instance_id: string;
  readonly message: {
    readonly body: string;
    readonly fromMe: boolean;
    readonly type: string;
    readonly chatId: string;
  };
}

async function answer(request: IncomingMessage): Promise<void> {
  const { instance_id, message } = (await json(request)) as Webhook;
  if (message.fromMe || message.type !== "text") return;
  const response = await fetch(`${ORQUESTA_URL}/api/v1/instances/${instance_id}/messages`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": ORQUESTA_KEY,
      // A webhook may come again, always with the same id: the answer goes out once.
      "idempotency-key": `pong-${request.headers["webhook-id"]}`,
    },
    body: JSON.stringify({ chat_id: message.chatId, text: "pong" }),
  });
  if (!response.ok) throw new Error(`Orquesta answered ${response.status}`);
}

const server = createServer((request, response) => {
  answer(request).then(
    () => response.writeHead(204).end(),
    (error: unknown) => {
      console.error(error);
      // Anything but 2xx: Orquesta tries again later.
      response.writeHead(500).end();
    },
  );
});
server.listen(Number(PORT), () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  console.log(`waiting for webhooks on port ${port}`);
});
