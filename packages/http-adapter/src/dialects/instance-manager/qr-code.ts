/** What a phone's camera app opens; WhatsApp's own scanner takes it as well. */
const LINK_PREFIX = "https://wa.me/settings/linked_devices#";

export interface QrCode {
  /** PNG as a data URL. */
  readonly image: string;
  readonly link: string;
}

/** The library yields either the bare text (`2@…`) or the whole link. */
export async function createQrCode(value: string): Promise<QrCode> {
  const link = /^https?:\/\//.test(value) ? value : `${LINK_PREFIX}${value}`;
  // Loaded on first use: most starts of a server never draw a code.
  const { default: qrcode } = await import("qrcode");
  const image = await qrcode.toDataURL(link, { errorCorrectionLevel: "L", margin: 4, scale: 6 });
  return { image, link };
}
