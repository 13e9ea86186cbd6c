export interface CommandLine {
  /** In lower case, without the prefix. */
  readonly name: string;
  readonly args: readonly string[];
}

/** One argument: what stands between quotation marks, also those that phones type, or a word. */
const ARGUMENT = /["“„”]([^"“„”]*)["“„”]|\S+/g;

/**
 * Reads `/order 2 "large pizza"`. Telegram names the bot in groups, `/order@my_bot`: that is left out.
 * Null when the text is no command.
 */
export function parseCommandLine(text: string, prefix: string): CommandLine | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith(prefix)) return null;
  const [, name, rest = ""] = /^([^\s@]+)(?:@\S+)?(?:\s+(.*))?$/s.exec(
    trimmed.slice(prefix.length),
  ) ?? [""];
  if (name === undefined) return null;
  const args = Array.from(rest.matchAll(ARGUMENT), ([word, quoted]) => quoted ?? word);
  return { name: name.toLowerCase(), args };
}
