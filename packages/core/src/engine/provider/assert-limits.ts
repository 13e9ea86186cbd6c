import { OrquestaError } from "../error/orquesta-error.ts";
import { toNumberedText } from "../message/numbered-menu.ts";
import type { OutgoingContent } from "../message/outgoing-content.ts";
import type { Provider } from "./provider.ts";

/**
 * Refuses texts and captions that are longer than the platform takes, instead of cutting them.
 * @throws VALIDATION_FAILED
 */
export function assertLimits({ id, capabilities }: Provider, content: OutgoingContent): void {
  const { menus, limits } = capabilities;
  const isMenu = content.type === "buttons" || content.type === "list";
  const shown = isMenu && menus === "numbered" ? toNumberedText(content) : content;
  const check = (what: string, text: string | undefined, limit: number) => {
    if (text === undefined || text.length <= limit) return;
    const problem = `${id} takes ${what} of at most ${limit} characters; this one has ${text.length}`;
    throw new OrquestaError("VALIDATION_FAILED", problem);
  };
  const parts =
    shown.type === "album" ? shown.items : shown.type === "status" ? [shown.story] : [shown];
  for (const part of parts) {
    if ("text" in part) check("texts", part.text, limits.textLength);
    if ("caption" in part) check("captions", part.caption, limits.captionLength);
  }
}
