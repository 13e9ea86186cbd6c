import { expect, test } from "vitest";
import { numberCandidates } from "./number-candidates.ts";

test.each([
  ["Brazil, São Paulo, with the nine", "5511988887777", ["5511988887777", "551188887777"]],
  ["Brazil, São Paulo, without it", "551188887777", ["5511988887777", "551188887777"]],
  [
    "Brazil, Espírito Santo: the last area with nine digits",
    "5528988887777",
    ["5528988887777", "552888887777"],
  ],
  ["Brazil, Minas Gerais, with the nine", "5531988887777", ["553188887777", "5531988887777"]],
  ["Brazil, Minas Gerais, without it", "553188887777", ["553188887777", "5531988887777"]],
  ["Brazil, Rio Grande do Sul, with the nine", "5551998765432", ["555198765432", "5551998765432"]],
  ["Brazil, a landline", "551133334444", ["551133334444"]],
  ["Mexico, as it is written today", "525512345678", ["5215512345678", "525512345678"]],
  ["Mexico, with the old 1", "5215512345678", ["5215512345678", "525512345678"]],
  ["Argentina, from abroad", "5491123456789", ["5491123456789", "541123456789"]],
  ["Argentina, without the 9", "541123456789", ["5491123456789", "541123456789"]],
  ["Argentina, Buenos Aires, with 15", "54111523456789", ["5491123456789", "54111523456789"]],
  ["Argentina, Córdoba, with 15", "54351154567890", ["5493514567890", "54351154567890"]],
  ["Argentina, Bariloche, with 15", "54294415123456", ["5492944123456", "54294415123456"]],
  ["Germany", "4915123456789", ["4915123456789"]],
  ["USA", "15551234567", ["15551234567"]],
  ["too short for Brazil", "5511", ["5511"]],
])("%s", (_where, typed, expected) => {
  expect(numberCandidates(typed)).toEqual(expected);
});
