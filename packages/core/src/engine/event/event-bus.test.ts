import { expect, it } from "vitest";
import { DURABLE_EVENT_NAMES } from "../../index.ts";
import { RecordingLogger } from "../../testing/harness/recording-logger.ts";
import { EventBus } from "./event-bus.ts";

it("a bus tells every listener, whatever another one throws, until it is taken off", async () => {
  const logger = new RecordingLogger();
  const bus = new EventBus(logger);
  const heard: (string | null)[] = [];
  bus.on("instance.removed", () => {
    throw new Error("first");
  });
  bus.on("instance.removed", async () => {
    throw new Error("second");
  });
  const off = bus.on("instance.removed", ({ instanceId, number }) => {
    heard.push(instanceId, number);
  });
  bus.emit("a", { name: "instance.removed", data: { name: "n" } });
  off();
  bus.emit("b", { name: "instance.removed", data: { name: "n" } });
  await Promise.resolve();
  bus.removeAll();
  bus.emit("c", { name: "instance.removed", data: { name: "n" } });
  expect(heard).toEqual(["a", null]);
  expect(logger.lines.filter((line) => line.includes("listener failed"))).toHaveLength(4);
});

it("durable events are named as the journal names them", () => {
  for (const name of DURABLE_EVENT_NAMES) expect(name).toMatch(/^[a-z]+\.[a-z_]+$/);
});
