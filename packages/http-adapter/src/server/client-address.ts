import { BlockList, isIP } from "node:net";
import type { Connection } from "../http-handler.ts";

/** Whose X-Forwarded-For counts: so many proxies in front of us, or those at these addresses and subnets. */
export type TrustProxy = number | readonly string[];

type Trusts = (address: string, hop: number) => boolean;

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

function createTrust(trust: TrustProxy): Trusts {
  if (typeof trust === "number") return (_, hop) => hop < trust;
  const trusted = new BlockList();
  for (const entry of trust) {
    const [address = "", bits] = entry.split("/");
    if (bits === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(bits), familyOf(address));
  }
  return (address) => trusted.check(address, familyOf(address));
}

/**
 * Who asks: the other end of the connection, or what the proxies there say, as far as they are trusted.
 * What is said by others, or is no address, is not believed.
 */
export function createClientAddress(
  trust: TrustProxy,
): (request: Request, connection: Connection | undefined) => string | null {
  const trusts = createTrust(trust);
  return (request, connection) => {
    let client = connection?.remoteAddress ?? null;
    const said = (request.headers.get("x-forwarded-for") ?? "").split(",").reverse();
    for (const [hop, entry] of said.entries()) {
      if (client === null || !trusts(client, hop)) return client;
      const address = entry.trim();
      if (isIP(address) === 0) return client;
      client = address;
    }
    return client;
  };
}
