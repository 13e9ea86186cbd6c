/** Read at each call, because programs often load their `.env` after their imports. */
export function readKeyFromEnvironment(): string | undefined {
  // Where a bundler put this, there may be no `process`.
  const environment = globalThis.process?.env ?? {};
  // Empty counts as not set, as everywhere.
  return environment["INSTANCE_MANAGER_API_KEY"] || environment["API_KEY"] || undefined;
}
