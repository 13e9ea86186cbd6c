import { expect, it } from "vitest";
import { describeUnsupportedNode } from "./supported-node.ts";

it.each(["22.18.0", "22.99.1", "24.11.0", "26.0.0"])("runs on Node %s", (version) => {
  expect(describeUnsupportedNode(version)).toBeNull();
});

it.each(["16.20.2", "20.20.2", "22.17.1", "23.11.0", "24.10.0", "25.1.0"])(
  "refuses Node %s before it crashes",
  (version) => {
    expect(describeUnsupportedNode(version)).toContain(version);
  },
);
