import { expect, it } from "vitest";
import { Collection, Model } from "./model.ts";
import { createWid, MsgKey, type Wid } from "./wid.ts";

class Named extends Model {
  declare readonly id: Wid;
  declare readonly name: string;
}

it("tells of each attribute that changed, when all have changed", () => {
  const people = new Collection<Named>();
  const person = people.add(new Named({ id: createWid("1555000@c.us"), name: "Ana", age: 1 }));
  const told: unknown[] = [];
  people.on("change:name change:age", (model, value, before) => {
    told.push([model === person, value, before, person.serialize()["age"]]);
  });
  person.set({ name: "Bia", age: 1 });
  person.set({ name: "Eva", age: 2 });
  expect(told).toEqual([
    [true, "Bia", "Ana", 1],
    [true, "Eva", "Bia", 2],
    [true, 2, 1, 2],
  ]);
  expect(people.get("1555000@c.us")).toBe(person);
});

it("writes addresses and keys as WhatsApp Web does, and takes no others", () => {
  expect(createWid("1555000@s.whatsapp.net").toString()).toBe("1555000@c.us");
  const key = new MsgKey({
    remote: createWid("120363@g.us"),
    fromMe: false,
    id: "3EB0",
    participant: createWid("77@lid"),
  });
  expect(key.toString()).toBe("false_120363@g.us_3EB0_77@lid");
  expect(MsgKey.fromString(key.toString())).toEqual(key);
  expect(() => createWid("nobody")).toThrow("invalid wid");
});
