/** Writes docs/capabilities.md from what the providers declare: `npm run capabilities`. */
import { writeFile } from "node:fs/promises";
import { capabilitiesPage } from "./capabilities-page.ts";

await writeFile(new URL("../../../docs/capabilities.md", import.meta.url), capabilitiesPage);
