/** Uses a manager and closes it: the process has to end by itself. Says which modules it loaded. */
import { InstanceManager } from "../../index.ts";
import { FakePlatform } from "../fake-platform.ts";

const platform = new FakePlatform();
const manager = new InstanceManager({ providers: [platform.provider] });
let handled = 0;
manager.consume("bot", () => {
  handled += 1;
});
const { id } = await manager.create({
  provider: "fake",
  webhooks: [{ url: "http://127.0.0.1:9/", shape: "instance-manager" }],
});
await manager.start(id, { until: "connected" });
await platform.session(id).receive("hi");
await manager.send(id, "5511988887777", { type: "text", text: "hi" }, { until: "sent" });
while (handled === 0) await new Promise(setImmediate);
await manager.close();
process.stdout.write("closed\n");
