/** Runs in the browser, after Swagger UI's own script. */

/** Kept by the tab and forgotten with it: keys do not belong in what survives the browser. */
const STORED_AUTHORIZATION = "orquesta.authorization";

/** Where this page was found says where the API is, whatever prefix it is behind. */
const base = new URL("..", window.location.href);

async function loadDocument() {
  const answer = await fetch(new URL("openapi.json", base));
  if (!answer.ok) throw new Error(`openapi.json answered ${answer.status}`);
  const spec = await answer.json();
  return { ...spec, servers: [{ url: base.href.replace(/\/$/, "") }] };
}

function readStored() {
  try {
    return JSON.parse(sessionStorage.getItem(STORED_AUTHORIZATION)) ?? {};
  } catch {
    return {};
  }
}

function store(authorization) {
  sessionStorage.setItem(STORED_AUTHORIZATION, JSON.stringify(authorization));
}

const rememberInTab = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (authorize) => (added) => {
          store({ ...readStored(), ...added });
          return authorize(added);
        },
        logout: (logout) => (names) => {
          const kept = Object.entries(readStored()).filter(([name]) => !names.includes(name));
          store(Object.fromEntries(kept));
          return logout(names);
        },
      },
    },
  },
});

const ui = window.SwaggerUIBundle({
  spec: await loadDocument(),
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  // Shows which operations are additions.
  showExtensions: true,
  // The default one would send the document's address to a host of its own.
  validatorUrl: null,
  plugins: [rememberInTab],
  onComplete: () => ui.authActions.authorize(readStored()),
});
