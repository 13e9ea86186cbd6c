import { expect, test } from "vitest";
import { readKeyName } from "./multi-file-name.ts";

test.each([
  ["pre-key-12.json", "pre-key", "12"],
  ["session-5511999990000.0.json", "session", "5511999990000.0"],
  ["session-5511999990000_1.12.json", "session", "5511999990000_1.12"],
  [
    "sender-key-120363-11@g.us--5511999990000_1--3.json",
    "sender-key",
    "120363-11@g.us::5511999990000_1::3",
  ],
  ["sender-key-memory-1203@g.us.json", "sender-key-memory", "1203@g.us"],
  ["app-state-sync-key-AAAA__b+.json", "app-state-sync-key", "AAAA/b+"],
  ["app-state-sync-version-critical_block.json", "app-state-sync-version", "critical_block"],
  ["lid-mapping-77_reverse.json", "lid-mapping", "77_reverse"],
  ["device-list-77.json", "device-list", "77"],
  ["tctoken-77@lid.json", "tctoken", "77@lid"],
  ["identity-key-77_1.0.json", "identity-key", "77_1.0"],
])("%s is %s %s", (name, type, id) => {
  expect(readKeyName(name)).toEqual({ type, id });
});

test.each(["creds.json", "pre-key-x.json", "session-.json", "notes.txt", ".json", "session.json"])(
  "%s is no session key",
  (name) => {
    expect(readKeyName(name)).toBeNull();
  },
);
