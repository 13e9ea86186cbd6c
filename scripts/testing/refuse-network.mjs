/**
 * Keeps tests off the network: a socket to anything but this machine fails at once and says why. A
 * test that needs a service runs a fake one, or a real one on loopback.
 */
import net from "node:net";

const LOOPBACK = new net.BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

function isLoopback(host) {
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  const family = net.isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** The host of a connect() call in any of its shapes; null means a local pipe or the default host. */
function hostOf(args) {
  // `net.connect` hands over its arguments already normalised, as one array.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) return first.path ? null : (first.host ?? null);
  return typeof second === "string" ? second : null;
}

const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function connectToLoopbackOnly(...args) {
  const host = hostOf(args);
  if (host === null || isLoopback(host)) return connect.apply(this, args);
  const error = new Error(`tests must not use the network: refused to connect to ${host}`);
  process.nextTick(() => this.destroy(error));
  return this;
};
