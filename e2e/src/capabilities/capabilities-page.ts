import {
  type Capabilities,
  DURABLE_EVENT_NAMES,
  EPHEMERAL_EVENT_NAMES,
  OPERATION_NAMES,
  outgoingContentSchema,
  type Provider,
} from "@orquesta/core";
import { baileys } from "@orquesta/providers/baileys";
import { telegram } from "@orquesta/providers/telegram";
import { whatsappweb } from "@orquesta/providers/whatsappweb";

const PROVIDERS: readonly Provider[] = [
  baileys(),
  whatsappweb({ dataDir: "profiles" }),
  telegram(),
];
const MIB = 1024 * 1024;

type Column = (capabilities: Capabilities) => string;

function table(subject: string, rows: readonly (readonly [string, Column])[]): string {
  const head = [subject, ...PROVIDERS.map(({ id }) => id)];
  const lines = rows.map(([name, column]) => [
    name,
    ...PROVIDERS.map(({ capabilities }) => column(capabilities)),
  ]);
  return [head, head.map(() => "---"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** A table of what is there and what is not; what nobody declares is left out. */
function declared(
  subject: string,
  names: readonly string[],
  listOf: (capabilities: Capabilities) => readonly string[],
): string {
  const known = names.filter((name) =>
    PROVIDERS.some(({ capabilities }) => listOf(capabilities).includes(name)),
  );
  const rows = known.map(
    (name) => [`\`${name}\``, (all: Capabilities) => yes(listOf(all).includes(name))] as const,
  );
  return table(subject, rows);
}

function yes(is: boolean): string {
  return is ? "yes" : "–";
}

function sends(kind: string): Column {
  return ({ outgoing, menus }) => {
    const isMenu = kind === "buttons" || kind === "list";
    if (isMenu && menus === "numbered") return "as numbers";
    return yes(outgoing.some((one) => one === kind));
  };
}

const kinds = outgoingContentSchema.options.map(({ shape }) => shape.type.value);
const incoming = new Set(PROVIDERS.flatMap(({ capabilities }) => capabilities.incoming));

/** docs/capabilities.md, as the providers declare it. */
export const capabilitiesPage = `# Capabilities

What a platform can do is declared, not tried out: \`manager.capabilities(instanceId)\` tells it of an
instance, \`provider.capabilities\` before there is one. What is not declared fails with
\`CAPABILITY_MISSING\`, naming what there is, before anything is sent. One conformance suite
(\`conformanceCases\` of \`@orquesta/core/testing\`) tries every declaration out on the real libraries.

This page is made from the declarations by \`npm run capabilities\`; a test fails when the two differ.

## Sending

${table(
  "kind",
  kinds.map((kind) => [`\`${kind}\``, sends(kind)]),
)}

"As numbers": the engine sends a text with numbers, and the answer "2" comes back as the choice it stands
for.

## Receiving

Everything else comes as \`unsupported\`, with the platform's word for it.

${declared("kind", [...incoming], (all) => [...all.incoming, ...(all.menus === "numbered" ? ["choice"] : [])])}

## Events

Besides \`message.received\`, \`message.sent\`, \`message.updated\` and those of the instance itself.

${declared("event", [...DURABLE_EVENT_NAMES, ...EPHEMERAL_EVENT_NAMES], ({ events }) => events)}

## Operations

${declared("operation", OPERATION_NAMES, ({ operations }) => operations)}

## Limits and promises

${table("", [
  ["longest text", ({ limits }) => String(limits.textLength)],
  ["longest caption", ({ limits }) => String(limits.captionLength)],
  ["largest medium, MiB", ({ limits }) => String(Math.round(limits.mediaBytes / MIB))],
  ["pairing", ({ pairing }) => pairing.join(", ") || "none: a token"],
  ["inbound", ({ inbound }) => inbound.replaceAll("_", " ")],
  [
    "a send whose answer was lost",
    ({ resend }) => (resend === "same_id" ? "is repeated, shown once" : "ends as `unconfirmed`"),
  ],
  ["updates can be posted to it", ({ push }) => yes(push)],
  ["session can move to another node", ({ portable }) => yes(portable)],
])}
`;
