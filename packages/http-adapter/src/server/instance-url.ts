import { INSTANCES_PATH } from "../dialects/instance-manager/route-kit.ts";

/** Only to have something to parse against: a request line names a path, seldom a host. */
const ORIGIN = "http://instance";

/** What the instance itself is called on its own port. */
const ALIASES = ["/", "/status"];

/**
 * The target of a request on an instance's own port as the main port would have it: `/qr` and the full
 * path of the same route are one, and no target leads out of the instance.
 */
export function toInstanceUrl(instanceId: string, target: string): string {
  const own = `${INSTANCES_PATH}/${instanceId}`;
  const url = URL.parse(target.startsWith("/") ? `${ORIGIN}${target}` : target);
  if (url === null) return `${own}/`;
  const { pathname, search } = url;
  if (pathname === own || pathname.startsWith(`${own}/`)) return `${pathname}${search}`;
  return `${own}${ALIASES.includes(pathname) ? "" : pathname}${search}`;
}
