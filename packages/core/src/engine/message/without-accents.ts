/** "Não" as "Nao": as people type who have no time, or no such key. */
export function withoutAccents(text: string): string {
  return text.normalize("NFKD").replace(/\p{Mn}/gu, "");
}
