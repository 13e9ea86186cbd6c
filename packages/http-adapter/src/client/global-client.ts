import { InstanceManagerClient } from "./instance-manager-client.ts";

/** One for the whole program, at the server's default address until `setBaseUrl` says another. */
export const instanceManagerClient: InstanceManagerClient = new InstanceManagerClient(
  "http://localhost:3000",
);
