/** An update that the platform posted to us, as it came: nothing of it is believed yet. */
export interface Push {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
