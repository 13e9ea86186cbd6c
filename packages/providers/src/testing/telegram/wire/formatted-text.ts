import type { MessageEntity } from "./types.ts";

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}
