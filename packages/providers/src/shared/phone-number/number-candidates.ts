/**
 * The ways in which one phone number may be known to WhatsApp, likeliest first: as it was typed, and
 * as its country wrote it before or after a reform, or for mobiles from abroad. Which of them is a
 * contact only WhatsApp can say; an account has exactly one.
 *
 * - Brazil (55): mobiles got a ninth digit, 9, between 2012 and 2016 (Anatel). WhatsApp kept accounts
 *   of before under eight digits, except in the area codes 11 to 28, where it moved them.
 * - Mexico (52): until 2019 mobiles were dialled with a 1 from abroad; WhatsApp kept `521`.
 * - Argentina (54): mobiles have a 9 from abroad, and a 15 behind the area code at home.
 *
 * @param digits E.164 without "+", as people type it
 */
export function numberCandidates(digits: string): readonly string[] {
  const reform = REFORMS.find(({ country }) => digits.startsWith(country));
  const others = reform?.variants(digits.slice(reform.country.length)) ?? [];
  const country = reform?.country ?? "";
  const all = [...others.map((national) => country + national)];
  const typed = reform?.isTypedFirst(digits.slice(country.length)) === false ? [] : [digits];
  return [...new Set([...typed, ...all, digits])];
}

interface Reform {
  readonly country: string;
  /** Other ways to write a national number, likeliest first. */
  variants(national: string): readonly string[];
  /** Whether WhatsApp rather knows it as it was typed. */
  isTypedFirst(national: string): boolean;
}

/** Area codes in which accounts have nine digits on WhatsApp. */
const NINE_DIGITS_UP_TO = 28;

const BRAZIL: Reform = {
  country: "55",
  variants: (national) => {
    const [, area, rest] = /^([1-9]\d)(\d{8,9})$/.exec(national) ?? [];
    if (area === undefined || rest === undefined) return [];
    // Eight digits that begin with 2 to 5 are a landline, which has never had another form.
    if (rest.length === 8) return /^[6-9]/.test(rest) ? [`${area}9${rest}`] : [];
    return /^9[6-9]/.test(rest) ? [area + rest.slice(1)] : [];
  },
  isTypedFirst: (national) => {
    const hasNine = national.length === 11;
    return Number(national.slice(0, 2)) <= NINE_DIGITS_UP_TO ? hasNine : !hasNine;
  },
};

const MEXICO: Reform = {
  country: "52",
  variants: (national) => {
    if (/^1\d{10}$/.test(national)) return [national.slice(1)];
    return /^[2-9]\d{9}$/.test(national) ? [`1${national}`] : [];
  },
  // Old accounts have the 1, new ones have not; most are old.
  isTypedFirst: (national) => national.startsWith("1"),
};

const ARGENTINA: Reform = {
  country: "54",
  variants: (national) => {
    if (/^9\d{10}$/.test(national)) return [national.slice(1)];
    const without15 = withoutTrunk15(national);
    if (without15.length > 0) return without15.map((number) => `9${number}`);
    return /^[1-8]\d{9}$/.test(national) ? [`9${national}`] : [];
  },
  isTypedFirst: (national) => national.startsWith("9"),
};

/** `11 15 2345 6789` → `11 2345 6789`; where the area code ends is not written, so all are tried. */
function withoutTrunk15(national: string): string[] {
  if (!/^[1-8]\d{11}$/.test(national)) return [];
  return [2, 3, 4].flatMap((area) =>
    national.slice(area, area + 2) === "15"
      ? [national.slice(0, area) + national.slice(area + 2)]
      : [],
  );
}

const REFORMS: readonly Reform[] = [BRAZIL, MEXICO, ARGENTINA];
