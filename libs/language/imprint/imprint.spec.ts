import fc from 'fast-check'
import { imprint } from './imprint'

const alike = (...texts: string[]): void => expect(texts.map(imprint)).toEqual(texts.map(() => imprint(texts[0]!)))
const apart = (...texts: string[]): void => expect(new Set(texts.map(imprint)).size).toBe(texts.length)

describe('the imprint of a text', () => {
  it.each([
    ['case', ['My Straße in ISTANBUL', 'my strasse in istanbul', 'MY STRASSE IN İSTANBUL', 'mY STRAßE ın istanbul']],
    ['letters that look alike', ['my password is hope', 'mу раѕѕword іѕ hоре', 'Му раѕѕԝоrd ιѕ һορε']],
    ['look-alikes in a Cyrillic text', ['Москва слезам не верит', 'Moсква слeзам не веpит', 'МОСКВА СЛЕЗАМ НЕ ВЕРИТ']],
    ['Greek capitals', ['ο ήλιος νέος', 'Ο ΉΛΙΟΣ ΝΈΟΣ']],
    ['full width, and styled letters', ['code word', 'ｃｏｄｅ ｗｏｒｄ', '𝐜𝐨𝐝𝐞 𝓌𝑜𝓇𝒹']],
    ['white space', ['the old station', ' the\u00a0old \n\t station\u3000', 'the\u200bold\u2009station']],
    ['what is invisible', ['locker', 'lo\u200bck\u00ader', '\u202elocker\u202c', 'l\ufe0fo\u{e0063}cker\u0007']],
    ['punctuation', ['don\'t tell my well known uncle', '"Don’t tell: my *well-known* uncle"!!', 'don´t tell my (wellknown) uncle…']],
    ['digits of any script', ['room 4711', 'room ４７１１', 'room ٤٧١١', 'room ४७११', 'room 𝟒𝟕𝟏𝟏']],
    ['thousands', ['it costs 1,250,000', 'it costs 1250000', 'it costs 1.250.000', 'it costs 1\'250\'000', 'it costs 1’250’000']],
    ['thousands with a fraction', ['it costs 1,250.50', 'it costs 1250.50', 'it costs 1.250,50']],
    ['a thousand, where the text is English', ['they paid me 1,000 for that', 'they paid me 1000 for that']],
    ['minus signs', ['it was -5 outside', 'it was −5 outside', 'it was –5 outside', 'it was ﹣5 outside']],
    ['units', ['5 % of it', '5% of it']],
    ['days', [
      'on 5 May 2025', 'on May 5th, 2025', 'on 2025-05-05', 'on 5th of May 2025', 'on 2025/5/5', 'on 05.05.2025', 'on MAY 05 2025', 'on 5 Mai 2025', 'on 5. Mai 2025',
      'on 5 de mayo de 2025', 'on 5-May-2025',
    ]],
    ['days that can be one only', ['on 13/05/2025', 'on 05/13/2025', 'on 13 May 2025', 'on 13.5.2025']],
    ['days of any year', ['on 5 May', 'on May 5th', 'on 5th of May']],
    ['e-mail addresses', ['write to ana.sol@example.org', 'write to ANA.SOL@Example.ORG', 'write to <mailto:ana.sol@example.org>', 'write to ana.sol (at) example [dot] org']],
    ['phone numbers', ['call +49 170 1234567', 'call +49-170-1234567', 'call 0049 170 1234567', 'call +49 (0)170/123 45 67', 'call +491701234567']],
    ['phone numbers at home', ['call 0170 1234567', 'call 0170-1234567', 'call 0170/1234567', 'call (0170) 1234567', 'call 01701234567']],
    ['phone numbers of North America', ['call 555-123-4567', 'call (555) 123-4567', 'call 555.123.4567', 'call 5551234567']],
  ])('takes %s for the same', (_, texts) => alike(...texts))

  it.each([
    ['numbers, signs and units', [
      '5', '-5', '+5', '.5', '0.5', '-.5', '5.5', '55', '5 5', '5²', '5%', '52', '$5', '-$5', '5€',
      '½', '1½', '#5', '5,5', '5-5', '5:5', '5/5', '5*5', '5-', '05', '5e5', '5e-5', '5 -5',
    ]],
    ['a decimal comma and thousands', ['es kostet 1,250 Euro', 'es kostet 1250 Euro', 'es kostet 1.250 Euro']],
    ['ambiguous days', ['on 05/06/2025', 'on 06/05/2025', 'on 5 June 2025', 'on 6 May 2025', 'on 05.06.2025']],
    ['days', ['on 5 May 2025', 'on 6 May 2025', 'on 5 May 2024', 'on 5 May', 'on 5 June 2025', 'on 31 June 2025', 'in May 2025', 'on 5 May 20250', 'on 5 May 25']],
    ['addresses', ['anasol@gmail.com', 'ana.sol@gmail.com', 'ana@gmail.com', 'ana.sol@gmail.org', 'ana.sol+a@gmail.com']],
    ['phones', ['+49 170 1234567', '+49 170 1234568', '49 170 1234567', '0170 1234567', '+1234567.89', '+123456789']],
    ['what a sign makes of a word', ['a+', 'a-', 'a', 'c#', 'c++', 'c', 'ab-', 'ab+', 'ab']],
    ['letters and digits', ['o0o', 'ooo', 'l1l', 'lll', '000']],
    ['hosts and paths', ['example.org', 'exampleorg', 'example.com', 'a/b', 'ab']],
    ['what is punctuation alone', ['!!!', '?!', '…', '-']],
  ])('keeps apart %s', (_, texts) => apart(...texts))

  const words = fc.array(fc.constantFrom('the', 'Locker', 'straße', 'of', 'Café', 'Νίκος', 'москва', 'sits', 'opens', 'WITH', 'pasword', 'x', 'naïve', '東京'), { minLength: 3, maxLength: 12 })
  const value = fc.oneof(
    fc.integer({ min: -99_999, max: 99_999 }).map(String), fc.double({ min: -999, max: 999, noNaN: true }).map((n) => n.toFixed(2)),
    fc.constantFrom('1,250,000', '5 May 2025', '2025-05-06', 'a.b@c.org', '+49 170 1234567'),
  )
  const sentence = fc.tuple(words, value, words).map(([before, number, after]) => [...before, number, ...after])

  const LIKE: Readonly<Record<string, string>> = { a: 'а', c: 'с', e: 'е', i: 'і', o: 'ο', p: 'р', s: 'ѕ', x: 'х', y: 'у', O: 'О', C: 'С', T: 'Т', H: 'Н' }
  type Noise = (character: string, dice: number) => string
  const NOISE: readonly Noise[] = [
    (c) => c.toUpperCase(),
    (c) => c.toLowerCase(),
    (c) => LIKE[c] ?? c,
    (c, dice) => c + ['\u200b', '\u00ad', '\u202e', '\ufeff', '\u2060'][dice % 5]!,
    (c, dice) => (/\d/.test(c) ? String.fromCodePoint([0xff10, 0x0660, 0x0966, 0x1d7ce][dice % 4]! + Number(c)) : c),
    (c, dice) => (/[a-z]/.test(c) ? String.fromCodePoint([0xff41, 0x1d41a, 0x1d4d0 + 26][dice % 3]! + c.charCodeAt(0) - 97) : c),
    (c) => c,
  ]
  const GAPS = [' ', '  ', '\n', '\u00a0', '\u2003 ', ', ', '. ', '! ', ' "', '… ', ' (', ') ', '; ']

  it('is the same whatever noise is laid over a text', () => {
    const dice = fc.infiniteStream(fc.nat({ max: 1_000 }))
    fc.assert(fc.property(sentence, dice, (parts, rolls) => {
      const roll = (): number => rolls.next().value as number
      const noisy = parts.map((part) => [...part].map((c) => (c === ' ' ? c : NOISE[roll() % NOISE.length]!(c, roll()))).join(''))
      const text = noisy.map((part) => part + GAPS[roll() % GAPS.length]!).join('')
      return imprint(text) === imprint(parts.join(' '))
    }), { numRuns: 1_000 })
  })

  it('differs wherever a number, a sign or a day differs', () => {
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }).map((at) => at.toISOString().slice(0, 10))
    const number = fc.tuple(fc.constantFrom('', '-'), fc.integer({ min: 0, max: 9_999_999 }), fc.constantFrom('', '.0', '.5', '.05', '.50', ',5')).map((all) => all.join(''))
    fc.assert(fc.property(words, fc.oneof(day, number), fc.oneof(day, number), words, (before, a, b, after) => {
      const around = (value: string): string => imprint([...before, value, ...after].join(' '))
      return (around(a) === around(b)) === (a === b)
    }), { numRuns: 2_000 })
  })

  it('takes any text, and white space around it for nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => imprint(`\n ${text}\u2003`) === imprint(text)), { numRuns: 300 })
    expect(imprint('')).toBe('')
  })

  it('takes a long text of any kind in its stride', () => {
    for (const unit of ['a', '1', '1 ', '+1 ', '-', 'a@', '01-', '1.', '(', 'at)', '2025-', 'may 1 ', ' \u200b', 'а']) {
      expect(imprint(unit.repeat(100_000 / unit.length)).length).toBeLessThanOrEqual(200_001)
    }
  })
})
