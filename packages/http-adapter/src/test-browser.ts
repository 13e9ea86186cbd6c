import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

const executablePath = process.env["ORQUESTA_TEST_CHROMIUM"] ?? "/usr/bin/chromium";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where the page asked, by address; what it asked of anybody but its own server failed. */
export interface OpenedPage {
  readonly page: Page;
  readonly requested: readonly string[];
  /** What the browser complained about, such as a script that the page's policy refuses. */
  readonly complaints: readonly string[];
}

export type OpenPage = (url: string) => Promise<OpenedPage>;

function openPages(browser: () => Browser): OpenPage {
  return async (url) => {
    const context = await browser().newContext();
    onTestFinished(() => context.close());
    const { origin } = new URL(url);
    const [requested, complaints]: string[][] = [[], []];
    await context.route("**", (route) => {
      requested?.push(route.request().url());
      return route.request().url().startsWith(`${origin}/`) ? route.continue() : route.abort();
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") complaints?.push(message.text());
    });
    page.on("pageerror", (error) => complaints?.push(String(error)));
    await page.goto(url);
    return { page, requested: requested ?? [], complaints: complaints ?? [] };
  };
}

/** Registers behaviours that need a real browser. Without one they are skipped, in CI they fail. */
export function describeInBrowser(name: string, behaviours: (open: OpenPage) => void): void {
  if (existsSync(executablePath)) {
    describe(name, () => {
      let browser: Browser;
      beforeAll(async () => {
        browser = await chromium.launch({ executablePath, args: FLAGS });
      }, 60_000);
      afterAll(() => browser.close());
      behaviours(openPages(() => browser));
    });
  } else if (process.env["CI"] === "true") {
    it(name, () => {
      expect.fail(`there is no ${executablePath}: these behaviours were not tested`);
    });
  } else {
    describe.skip(`${name} (no ${executablePath}; ORQUESTA_TEST_CHROMIUM names another)`, () => {
      behaviours(() => Promise.reject(new Error("no browser")));
    });
  }
}
