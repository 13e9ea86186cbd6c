/** What became of a message that was tried. */
export type SendResult =
  | {
      readonly status: "sent";
      readonly messageId: string;
      /** Number of the last event from before it left. */
      readonly since?: number;
    }
  | {
      readonly status: "failed" | "unconfirmed";
      readonly error: { readonly code: string; readonly message: string };
    };

export const UNCONFIRMED: SendResult = {
  status: "unconfirmed",
  error: {
    code: "SEND_OUTCOME_UNKNOWN",
    message: "the platform's answer was lost; sending again could show the message twice",
  },
};

/** Not even tried. */
export const RESTRICTED: SendResult = {
  status: "failed",
  error: {
    code: "SEND_RESTRICTED",
    message: "the platform lets the account begin no chats at the moment; this one was not tried",
  },
};
