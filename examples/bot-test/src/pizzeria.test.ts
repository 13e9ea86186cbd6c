import assert from "node:assert/strict";
import { test } from "node:test";
import { testBot } from "@orquesta/core/testing";
import { createPizzeria } from "./pizzeria.ts";

const MENU = "Which pizza?\n\n1. Margherita\n2. Quattro formaggi";

test("takes orders, by number and by name", async () => {
  await using tested = testBot(createPizzeria());
  const ana = tested.chat("5511988887777", { name: "Ana" });
  assert.deepEqual(await ana.say("hello"), ["Write /order to order."]);
  assert.deepEqual(await ana.say("/order"), [MENU]);
  assert.deepEqual(await ana.say("2"), ["Quattro formaggi, order 1. Thank you!"]);
  await ana.say("/order");
  assert.deepEqual(await ana.say("margherita"), ["Margherita, order 2. Thank you!"]);
});

test("counts the orders of each customer", async () => {
  await using tested = testBot(createPizzeria());
  for (const customer of ["5511988887777", "5511977776666"]) {
    const chat = tested.chat(customer);
    await chat.say("/order");
    assert.deepEqual(await chat.say("1"), ["Margherita, order 1. Thank you!"]);
  }
});
