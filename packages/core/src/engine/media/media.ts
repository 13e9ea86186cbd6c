import { GuardedClient } from "../net/guarded-client.ts";
import type { TargetRules } from "../net/target-rules.ts";
import { BlobStore } from "./blob-store.ts";
import { Ffmpeg } from "./ffmpeg.ts";
import { MediaIntake } from "./media-intake.ts";
import type { MediaRules } from "./media-options.ts";

export interface MediaParts {
  readonly rules: MediaRules;
  readonly targets: TargetRules;
}

/** The media that messages carry, in both directions. */
export class Media {
  readonly blobs: BlobStore;
  readonly intake: MediaIntake;
  readonly #http: GuardedClient;

  constructor({ rules, targets }: MediaParts) {
    this.blobs = new BlobStore(rules.directory);
    this.#http = new GuardedClient(targets);
    this.intake = new MediaIntake({
      blobs: this.blobs,
      rules,
      http: this.#http,
      ffmpeg: new Ffmpeg(rules.ffmpegPath),
    });
  }

  /** Whoever reads or writes media has ended before. */
  async close(): Promise<void> {
    await this.#http.close();
    await this.blobs.close();
  }
}
