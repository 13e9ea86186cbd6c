import type { PrekeyBundle } from "../signal/prekey-bundle.ts";
import { withoutType } from "../signal/x25519.ts";
import {
  bigEndian,
  child,
  children,
  requiredAttribute,
  type Stanza,
  stanza,
} from "../wire/stanza.ts";
import type { Companion } from "./companion.ts";
import type { Directory } from "./directory.ts";
import { takeBundle } from "./outgoing-messages.ts";

const KEY_TYPE = Buffer.of(5);

/** Answers `<key>`: a bundle for each device, with a one-time prekey that is gone afterwards. */
export function answerKeys(directory: Directory, iq: Stanza): Stanza {
  const users = children(child(iq, "key"), "user").map((asked) => {
    const jid = requiredAttribute(asked, "jid");
    const bundle = bundleOf(directory, jid);
    if (bundle) return stanza("user", { jid }, serializeBundle(bundle));
    return stanza("user", { jid }, [stanza("error", { code: "404", text: "item-not-found" })]);
  });
  return stanza("list", {}, users);
}

/** Answers `<count>`, `<digest>`, an upload or a rotation of the client's own keys. */
export function answerOwnKeys(companion: Companion, iq: Stanza): Stanza | undefined {
  const { prekeys } = companion;
  if (iq.attrs["type"] === "get") {
    if (child(iq, "count")) return stanza("count", { value: String(prekeys.count) });
    return stanza("digest");
  }
  const rotation = child(iq, "rotate");
  if (rotation) prekeys.rotate(child(rotation, "skey"));
  else prekeys.upload(iq);
  return undefined;
}

function bundleOf(directory: Directory, jid: string): PrekeyBundle | null {
  const resolved = directory.resolve(jid);
  if (!resolved) return null;
  if (resolved.device === 0) return resolved.user.phone.identity.mintBundle();
  const companion = resolved.user.companions.get(resolved.device);
  return companion ? takeBundle(companion) : null;
}

function serializeBundle(bundle: PrekeyBundle): Stanza[] {
  const { signedPrekey, prekey } = bundle;
  const nodes = [
    stanza("registration", {}, bigEndian(bundle.registrationId, 4)),
    stanza("type", {}, KEY_TYPE),
    stanza("identity", {}, withoutType(bundle.identityKey)),
    stanza("skey", {}, [
      stanza("id", {}, bigEndian(signedPrekey.id, 3)),
      stanza("value", {}, withoutType(signedPrekey.publicKey)),
      stanza("signature", {}, signedPrekey.signature),
    ]),
  ];
  if (!prekey) return nodes;
  const id = stanza("id", {}, bigEndian(prekey.id, 3));
  const value = stanza("value", {}, withoutType(prekey.publicKey));
  return [...nodes, stanza("key", {}, [id, value])];
}
