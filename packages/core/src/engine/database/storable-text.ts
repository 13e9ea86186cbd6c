const NULL_CHARACTER = "\0";

/**
 * The text as every database can hold it: Postgres has no U+0000
 * (https://www.postgresql.org/docs/current/datatype-character.html), and people who write to an account
 * may send one. U+FFFD stands in its place.
 */
export function storableText(text: string): string {
  return text.includes(NULL_CHARACTER) ? text.replaceAll(NULL_CHARACTER, "\ufffd") : text;
}
