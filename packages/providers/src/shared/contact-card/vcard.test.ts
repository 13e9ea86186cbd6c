import { expect, it } from "vitest";
import { readVcard, writeVcard } from "./vcard.ts";

it("a card is read as it was written", () => {
  const card = {
    name: "Ana; Maria, \\ (\nhome)",
    phones: ["+55 11 98888-7777", "+1 555 0100"],
    organization: "Acme, Inc.",
    email: "ana@example.com",
  };
  const vcard = writeVcard(card);
  expect(vcard).toContain("waid=5511988887777:+55 11 98888-7777");
  expect(vcard.split("\n")).toHaveLength(9);
  expect(readVcard(vcard, null)).toEqual(card);
});

it("other people's cards are read as far as they go", () => {
  const apple =
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Bee;Ben\r\nFN:Ben \r\n Bee\r\nitem1.TEL;waid=77:+77\r\nitem1.X-ABLabel:Mobile\r\nEND:VCARD";
  expect(readVcard(apple, "x")).toEqual({ name: "Ben Bee", phones: ["+77"] });
  expect(readVcard("BEGIN:VCARD\nEND:VCARD", "Shown")).toEqual({ name: "Shown", phones: [] });
  expect(readVcard(`:::\n${";".repeat(60_000)}`, null)).toEqual({ name: "", phones: [] });
});
