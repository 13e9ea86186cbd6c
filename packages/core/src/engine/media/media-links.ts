import { timingSafeEqual } from "node:crypto";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { Seal } from "../seal/seal.ts";

export interface MediumPlace {
  readonly instanceId: string;
  readonly mediaId: string;
}

const PURPOSE = "media link";

/** Tokens that open one medium for a while, for whoever has them. */
export class MediaLinks {
  readonly #seal: Seal;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  /** @param expiresAt Unix ms */
  sign({ instanceId, mediaId }: MediumPlace, expiresAt: number): string {
    const claim = Buffer.from(JSON.stringify([instanceId, mediaId, expiresAt])).toString(
      "base64url",
    );
    return `${claim}.${this.#signatureOf(claim).toString("base64url")}`;
  }

  /** @throws MEDIA_NOT_FOUND when the token is none of ours, MEDIA_EXPIRED */
  open(token: string, now: number = Date.now()): MediumPlace {
    const [claim = "", signature = ""] = token.split(".");
    const given = Buffer.from(signature, "base64url");
    const expected = this.#signatureOf(claim);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new OrquestaError("MEDIA_NOT_FOUND", "there is no such medium");
    }
    const [instanceId, mediaId, expiresAt] = JSON.parse(Buffer.from(claim, "base64url").toString());
    if (now < expiresAt) return { instanceId, mediaId };
    throw new OrquestaError("MEDIA_EXPIRED", "the link to the medium has expired");
  }

  #signatureOf(claim: string): Buffer {
    return this.#seal.sign(claim, PURPOSE);
  }
}
