/**
 * Why this Node cannot run Orquesta; null when it can. Older ones do not fail when they load the
 * SQLite library: they crash, so this is asked before anything else is imported.
 */
export function describeUnsupportedNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 22 ? minor >= 18 : major === 24 ? minor >= 11 : major >= 26) return null;
  return `Orquesta needs Node 22.18 or newer in that line, or 24.11 or newer; this is Node ${version}`;
}
