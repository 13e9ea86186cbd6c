/**
 * Which code may import which. `npm run check` fails when something reaches outside its place.
 *
 * Type imports count like any other: a cycle of types is still a cycle for the reader.
 */

/**
 * The rooms of the engine (packages/core/src/engine): room -> the rooms it is built on. A room may
 * import these, and what these in turn are built on; nothing imports back. A folder that is missing
 * here is an error: a new room is a decision, so it is written down.
 */
const ROOMS = {
  error: [],
  log: [],
  message: ["error"],
  event: ["message"],
  provider: ["event", "message"],
  net: ["error"],
  seal: ["error"],
  database: ["error"],
  lease: ["database"],
  journal: ["database", "event"],
  stream: ["journal"],
  retention: ["lease"],
  backup: ["database", "seal"],
  "session-keys": ["database", "provider", "seal"],
  outbox: ["database", "message", "event"],
  menu: ["database", "message", "event"],
  pacing: ["database", "message", "event"],
  poll: ["database", "message", "event"],
  media: ["database", "event", "message", "net", "seal"],
  webhook: ["journal", "net", "seal"],
  instance: ["lease", "journal", "session-keys", "outbox", "menu", "pacing", "media", "provider"],
  node: [],
  bot: ["journal", "outbox"],
  provisioner: ["event"],
  manager: [
    "instance",
    "poll",
    "stream",
    "webhook",
    "bot",
    "provisioner",
    "node",
    "retention",
    "backup",
  ],
};

/** Codes and the logger contract: every room may use them. */
const EVERYWHERE = ["error", "log"];

const ENGINE = "^packages/core/src/engine";

function reachable(room, seen = new Set()) {
  for (const next of ROOMS[room]) {
    if (seen.has(next)) continue;
    seen.add(next);
    reachable(next, seen);
  }
  return seen;
}

function roomRule(room) {
  const allowed = [room, ...EVERYWHERE, ...reachable(room)];
  return {
    name: `room-${room}`,
    comment: `${room}/ may import ${[...new Set(allowed)].join(", ")} of the engine, and nothing else of core`,
    severity: "error",
    from: { path: `${ENGINE}/${room}/`, pathNot: "\\.test(-d)?\\.ts$" },
    to: { path: "^packages/core/src/", pathNot: `${ENGINE}/(${allowed.join("|")})/` },
  };
}

const knownRooms = Object.keys(ROOMS).join("|");

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "unknown-room",
      comment: "name the folder in ROOMS, with what it is built on",
      severity: "error",
      from: {},
      to: { path: `${ENGINE}/[^/]+/`, pathNot: `${ENGINE}/(${knownRooms})/` },
    },
    {
      name: "unknown-room-imports",
      comment: "name the folder in ROOMS, with what it is built on",
      severity: "error",
      from: { path: `${ENGINE}/[^/]+/`, pathNot: `${ENGINE}/(${knownRooms})/` },
      to: {},
    },
    ...Object.keys(ROOMS).map(roomRule),
    {
      name: "engine-knows-no-platform",
      comment: "src/platform is built on the engine",
      severity: "error",
      from: { path: `${ENGINE}/`, pathNot: "\\.test(-d)?\\.ts$" },
      to: { path: "^packages/core/src/(platform|testing)/" },
    },
    {
      name: "core-imports-no-package",
      severity: "error",
      from: { path: "^packages/core/" },
      to: { path: "^packages/(providers|http-adapter|do-provisioner)/" },
    },
    {
      name: "packages-import-core-only",
      severity: "error",
      from: { path: "^packages/(providers|do-provisioner)/" },
      to: { path: "^packages/", pathNot: "^packages/($1|core)/" },
    },
    {
      name: "only-the-server-composes",
      comment: "providers and provisioners are chosen in src/server and src/cli, nowhere else",
      severity: "error",
      from: {
        path: "^packages/http-adapter/src/",
        pathNot: "^packages/http-adapter/src/(server|cli)/|\\.test(-d)?\\.ts$",
      },
      to: { path: "^packages/(providers|do-provisioner)/" },
    },
    {
      name: "core-stays-light",
      comment: "importing @orquesta/core must not load these; the platform subpath may",
      severity: "error",
      from: { path: "^packages/core/src/(engine/|index\\.ts)" },
      to: { path: "node_modules/(openai|@node-rs/argon2|argon2|jose)/" },
    },
    {
      name: "core-has-no-transport",
      comment: "no provider library and no HTTP framework in core",
      severity: "error",
      from: { path: "^packages/core/" },
      to: {
        path: "node_modules/(@whiskeysockets/baileys|whatsapp-web\\.js|telegraf|hono|express|fastify|koa)/",
      },
    },
    {
      name: "no-tests-in-the-product",
      severity: "error",
      from: { path: "^packages/", pathNot: "\\.test(-d)?\\.ts$" },
      to: { path: "\\.test(-d)?\\.ts$" },
    },
    {
      name: "resolvable",
      severity: "error",
      from: { path: "^packages/" },
      to: { couldNotResolve: true },
    },
    {
      name: "examples-use-published-names",
      severity: "error",
      from: { path: "^examples/([^/]+)/" },
      to: { path: "^(packages|examples)/", pathNot: "^examples/$1/", dependencyTypes: ["local"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      conditionNames: ["@orquesta/source", "import", "node", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".js", ".mjs"],
    },
  },
};
