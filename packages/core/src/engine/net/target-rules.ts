import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { ErrorCode } from "../error/error-codes.ts";
import { OrquestaError } from "../error/orquesta-error.ts";

export interface TargetRulesOptions {
  /** Whether addresses of this machine and of private networks may be called. @default true */
  readonly allowPrivate?: boolean;
  /** Host names, as they stand in the URL, that may be called wherever they lead; metadata addresses stay refused. */
  readonly allowedHosts?: readonly string[];
}

/** What is called: chooses the code and the words of a refusal. */
export type TargetKind = "webhook" | "medium";

const REFUSAL_CODES = {
  webhook: "WEBHOOK_TARGET_REFUSED",
  medium: "MEDIA_TARGET_REFUSED",
} as const satisfies Record<TargetKind, ErrorCode>;

/**
 * Link-local addresses and those where clouds tell a machine its credentials: never a target, whoever
 * asks. 100.100.100.200 is Alibaba's, 168.63.129.16 Azure's, 192.0.0.192 and fd00:c1::a9fe:a9fe are
 * Oracle's, fd00:ec2::254 is Amazon's, fd20:ce::254 Google's.
 */
const NEVER = blockListOf([
  ["169.254.0.0", 16],
  ["::a9fe:0", 112],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
  ["0.0.0.0", 8],
  ["224.0.0.0", 4],
  ["255.255.255.255", 32],
  ["fe80::", 10],
  ["fd00:ec2::254", 128],
  ["fd00:c1::a9fe:a9fe", 128],
  ["fd20:ce::254", 128],
  ["::", 128],
  ["ff00::", 8],
]);

/** RFC 1918, RFC 4193, RFC 6598, loopback, benchmarking and documentation ranges. */
const PRIVATE = blockListOf([
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["240.0.0.0", 4],
  ["::1", 128],
  ["fc00::", 7],
  ["2001:db8::", 32],
]);

/** Which addresses may be called on a stranger's word: asked when a URL is taken and at every connect, after DNS. */
export class TargetRules {
  readonly #kind: TargetKind;
  readonly #allowPrivate: boolean;
  readonly #allowedHosts: ReadonlySet<string>;

  constructor(
    { allowPrivate = true, allowedHosts = [] }: TargetRulesOptions = {},
    kind: TargetKind = "webhook",
  ) {
    this.#kind = kind;
    this.#allowPrivate = allowPrivate;
    this.#allowedHosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  }

  /** Checks what can be told without DNS. @throws WEBHOOK_TARGET_REFUSED, MEDIA_TARGET_REFUSED with the reason */
  assertUrl(url: string): void {
    const { protocol, hostname } = new URL(url);
    if (protocol !== "http:" && protocol !== "https:") {
      throw this.#refused("only http and https URLs can be called");
    }
    const address = hostname.replace(/^\[|\]$/g, "");
    if (isIP(address) !== 0) this.#assertAddress(address, hostname);
  }

  /** For `net.connect`: looks the name up and refuses addresses that are not allowed. */
  get lookup(): LookupFunction {
    return (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) {
          callback(error, "", 0);
          return;
        }
        try {
          for (const { address } of addresses) this.#assertAddress(address, hostname);
        } catch (refusal) {
          callback(refusal instanceof Error ? refusal : this.#refused("not allowed"), "", 0);
          return;
        }
        const [first] = addresses;
        if (options.all) callback(null, addresses);
        else callback(null, first?.address ?? "", first?.family ?? 0);
      });
    };
  }

  #assertAddress(address: string, hostname: string): void {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (NEVER.check(address, family)) {
      throw this.#refused("link-local and cloud metadata addresses are never called");
    }
    if (this.#allowPrivate || this.#allowedHosts.has(hostname.toLowerCase())) return;
    if (PRIVATE.check(address, family)) {
      throw this.#refused("addresses of private networks are not allowed here");
    }
  }

  #refused(reason: string): OrquestaError {
    const kind = this.#kind;
    return new OrquestaError(REFUSAL_CODES[kind], `the ${kind} URL is refused: ${reason}`);
  }
}

/** What leads to an IPv4 address is listed with it: NAT64 (RFC 6052) and 6to4 (RFC 3056). */
function blockListOf(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) {
    if (net.includes(":")) {
      list.addSubnet(net, prefix, "ipv6");
      continue;
    }
    const [a = 0, b = 0, c = 0, d = 0] = net.split(".").map(Number);
    const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    list.addSubnet(net, prefix, "ipv4");
    list.addSubnet(`64:ff9b::${hex}`, 96 + prefix, "ipv6");
    list.addSubnet(`2002:${hex}::`, 16 + prefix, "ipv6");
  }
  return list;
}
