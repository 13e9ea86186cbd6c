import { expect, it } from "vitest";
import { StartPlaces } from "./start-places.ts";

const { signal: never } = new AbortController();

it("lets so many in at a time, first come first served", async () => {
  const places = new StartPlaces(2);
  const order: string[] = [];
  const enter = async (name: string) => {
    const giveBack = await places.take(never);
    order.push(name);
    return giveBack;
  };
  const first = await enter("first");
  await enter("second");
  const third = enter("third");
  const fourth = enter("fourth");
  await Promise.resolve();
  expect(order).toEqual(["first", "second"]);
  first();
  first();
  const leaveThird = await third;
  expect(order).toEqual(["first", "second", "third"]);
  leaveThird();
  await fourth;
  expect(order).toEqual(["first", "second", "third", "fourth"]);
});

it("whoever gives up in the queue keeps nobody waiting", async () => {
  const places = new StartPlaces(1);
  const giveBack = await places.take(never);
  const impatient = new AbortController();
  const given = places.take(impatient.signal);
  const patient = places.take(never);
  impatient.abort();
  await expect(given).rejects.toMatchObject({ code: "ABORTED" });
  giveBack();
  (await patient)();
  (await places.take(never))();
});

it("whoever gives up at the moment of the turn passes it on", async () => {
  const places = new StartPlaces(1);
  const giveBack = await places.take(never);
  const impatient = new AbortController();
  const given = places.take(impatient.signal);
  const patient = places.take(never);
  giveBack();
  impatient.abort();
  await given.then(
    (leave) => leave(),
    () => {},
  );
  (await patient)();
});
