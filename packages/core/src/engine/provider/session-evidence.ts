/** What proves that a session is alive. Times are Unix ms; null: it has not happened on this session. */
export interface SessionEvidence {
  /** When anything came from the platform last. */
  readonly lastSeenAt: number | null;
  /** When the platform last answered a question of the session, such as a ping. */
  readonly lastPingAt: number | null;
  /** How long that answer took, ms. */
  readonly pingRoundTripMs: number | null;
  /** When the platform last confirmed a message that was sent. */
  readonly lastAckAt: number | null;
}

/** Of a session that has seen nothing yet, or that is closed. */
export const NO_EVIDENCE: SessionEvidence = {
  lastSeenAt: null,
  lastPingAt: null,
  pingRoundTripMs: null,
  lastAckAt: null,
};
