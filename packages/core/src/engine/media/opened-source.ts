import type { Readable } from "node:stream";

/** A source that is about to be read, and what it says about itself. */
export interface OpenedSource {
  readonly stream: Readable;
  readonly fileName: string | null;
  readonly mimeType: string | null;
}
