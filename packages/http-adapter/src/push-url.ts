export const PUSH_PATH = "/push";

/** Where a platform posts the updates of an instance. @param publicUrl where the server is reached */
export function pushUrl(publicUrl: string, instanceId: string): string {
  return `${publicUrl}${PUSH_PATH}/${encodeURIComponent(instanceId)}`;
}
