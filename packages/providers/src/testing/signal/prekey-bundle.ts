export interface PublicPrekey {
  readonly id: number;
  readonly publicKey: Uint8Array;
}

export interface SignedPublicPrekey extends PublicPrekey {
  readonly signature: Uint8Array;
}

/** What one needs of a device to write to it first. */
export interface PrekeyBundle {
  readonly registrationId: number;
  readonly identityKey: Uint8Array;
  readonly signedPrekey: SignedPublicPrekey;
  /** Left out when the device has none left. */
  readonly prekey?: PublicPrekey;
}
