/**
 * Somebody on a platform. WhatsApp knows people by phone number and by LID (a number that hides the
 * phone); Telegram by user id. What is not known is null: a phone is never derived from a LID.
 */
export interface Contact {
  /** Stable for one instance: what `chatId` of a direct chat with this contact is. */
  readonly id: string;
  /** E.164 digits without "+". */
  readonly phone: string | null;
  /** WhatsApp's LID as `<digits>@lid`. */
  readonly lid: string | null;
  /** WhatsApp's phone address as `<digits>@s.whatsapp.net`. */
  readonly jid: string | null;
  /** The name that the contact shows to others. */
  readonly name: string | null;
}
