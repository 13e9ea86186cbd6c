import type { MediaUploader } from "../media/media-upload.ts";

/** What composing needs of the live session. */
export interface Composing {
  readonly uploader: MediaUploader;
  readonly signal: AbortSignal;
}
