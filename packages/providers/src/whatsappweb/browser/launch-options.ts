import type { ProxyServer } from "../../shared/proxy/proxy-server.ts";
import type { BrowserProfile } from "./browser-profile.ts";
import type { Chromium } from "./find-chromium.ts";

export interface LaunchParts {
  readonly chromium: Chromium;
  readonly profile: BrowserProfile;
  readonly proxy: ProxyServer | null;
  readonly acceptInsecureCerts: boolean;
  readonly args: readonly string[];
  /** How long the browser may take to answer one command, ms. */
  readonly protocolTimeoutMs: number;
  readonly launchTimeoutMs: number;
  /** Kills the browser, from its first moment on. */
  readonly signal: AbortSignal;
}

/** What a browser needs of our environment; the rest, with its secrets, is none of its business. */
const PASSED_ON =
  /^(PATH|HOME|USER|LANG|LANGUAGE|LC_\w+|TZ|LD_LIBRARY_PATH|FONTCONFIG_\w+|XDG_\w+|SSL_CERT_\w+|CHROME_DEVEL_SANDBOX)$/;

/** Made anew for each launch: the libraries write into what they are given. */
export function makeLaunchOptions(parts: LaunchParts) {
  const { chromium, profile, signal } = parts;
  return {
    executablePath: chromium.executablePath,
    headless: chromium.isHeadlessShell ? ("shell" as const) : true,
    // The browser ends when the pipe does, so it does not outlive us; a port would be open to everybody here.
    pipe: true,
    userDataDir: profile.directory,
    env: environmentFor(profile),
    defaultViewport: null,
    acceptInsecureCerts: parts.acceptInsecureCerts,
    protocolTimeout: parts.protocolTimeoutMs,
    timeout: parts.launchTimeoutMs,
    // Whoever embeds us decides what signals mean; puppeteer would end the process.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    signal,
    args: argumentsFor(parts),
  };
}

/** As the same build says it is in a window: a headless one would tell that it has none. */
export function userAgentOf({ version }: Chromium): string {
  const system =
    process.platform === "darwin" ? "Macintosh; Intel Mac OS X 10_15_7" : "X11; Linux x86_64";
  const [major = "0"] = version.split(".");
  return `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`;
}

/** What the page is told with it (User-Agent Client Hints). */
export function userAgentMetadataOf({ version }: Chromium) {
  const [major = "0"] = version.split(".");
  const brandsOf = (ours: string, theirs: string) => [
    { brand: "Chromium", version: ours },
    { brand: "Not_A Brand", version: theirs },
  ];
  return {
    brands: brandsOf(major, "99"),
    fullVersionList: brandsOf(version, "99.0.0.0"),
    fullVersion: version,
    platform: process.platform === "darwin" ? "macOS" : "Linux",
    platformVersion: "",
    architecture: process.arch === "arm64" ? "arm" : "x86",
    bitness: "64",
    model: "",
    mobile: false,
  };
}

function argumentsFor({ proxy, args }: LaunchParts): string[] {
  return [
    // The sandbox needs a user who is not root; Chromium does not start otherwise.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    // Two processes less, with nothing that a page without windows could show.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
    "--disable-gpu",
    "--disk-cache-size=33554432",
    ...(proxy === null ? [] : proxyArguments(proxy)),
    ...args,
  ];
}

/** Its credentials are none of what other users of this machine may read: the page is told them later. */
function proxyArguments({ protocol, host, port }: ProxyServer): string[] {
  const address = host.includes(":") ? `[${host}]` : host;
  return [
    `--proxy-server=${protocol}://${address}:${port}`,
    // Calls would look for a way around it.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
  ];
}

function environmentFor(profile: BrowserProfile): Record<string, string> {
  // biome-ignore lint/style/noProcessEnv: what a child process gets is chosen here, nothing is configured
  const passed = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && PASSED_ON.test(name) ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(passed), TMPDIR: profile.temporaryDirectory };
}
