import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { verifyWebhook, WebhookNotVerified } from "@orquesta/http-adapter/client";

const { WEBHOOK_SECRET = "", PORT = "4000" } = process.env;
if (WEBHOOK_SECRET === "") throw new Error("set WEBHOOK_SECRET: the whsec_… of the webhook");

const MAX_BODY_BYTES = 1_048_576;
/** Ids that are remembered. A repeat comes soon or after an outage; keep them in a database to be sure. */
const MAX_SEEN = 100_000;
const seen = new Set<string>();

async function take(request: IncomingMessage): Promise<number> {
  // Orquesta says how long a body is, and stays below.
  if (!(Number(request.headers["content-length"]) <= MAX_BODY_BYTES)) return 413;
  // The bytes as they came: the signature is of these, not of what they mean.
  const body = await buffer(request);
  try {
    // Refuses what is not signed with our secret, was changed, or is older than five minutes.
    const webhook = verifyWebhook({ secret: WEBHOOK_SECRET, headers: request.headers, body });
    if (seen.has(webhook.id)) return 204;
    await handle(webhook.event, webhook.body);
    seen.add(webhook.id);
    const [oldest] = seen;
    if (seen.size > MAX_SEEN && oldest !== undefined) seen.delete(oldest);
    return 204;
  } catch (error) {
    if (error instanceof WebhookNotVerified) console.error(`refused: ${error.message}`);
    else console.error(error);
    // Anything but 2xx: Orquesta tries again later.
    return error instanceof WebhookNotVerified ? 401 : 500;
  }
}

/** Your work: done once per webhook as long as the process lives. */
async function handle(event: string | null, body: unknown): Promise<void> {
  console.log(`${event} ${JSON.stringify(body)}`);
}

const server = createServer(async (request, response) => {
  response.writeHead(await take(request)).end();
});
server.listen(Number(PORT), () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : address;
  console.log(`waiting for webhooks on port ${port}`);
});
