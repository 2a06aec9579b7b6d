import fc from 'fast-check'
import { containsContentWords, contentWords, dateTerms, terms } from './index'

const TRICKY = fc.constantFrom('\ud800', '\udc00', 'a', "'", '’', '猫', 'ß', ' ', '.', '\u200b', 'İ', '`', 'é')
const anyString = () => fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string({ unit: TRICKY }))

describe('terms', () => {
  it.each([
    ['The dogs were running in the gardens', ['dog', 'run', 'garden']],
    ['Ana’s brother doesn\'t like the girls\' café', ['ana', 'brother', 'like', 'girl', 'cafe']],
    ['On May 8th, 2023 we paid 40 euros', ['may', '8', '2023', 'paid', '40', 'euro']],
    ['O\'Brien and C3PO', ['obrien', 'c3po']],
    ['ﬁne Ａ１', ['fine', 'a1']],
    ['the soft\u00adware', ['softwar']],
    ['Who are you?', []],
    ['', []],
    ['👍', []],
    ['we miss the the miss', ['miss', 'miss']],
    ['हिन्दी में', ['हिन्दी', 'में']],
  ])('of %j', (text, expected) => {
    expect(terms(text)).toEqual(expected)
  })

  it.each([
    ['de', 'Ich habe die Kinder in den Gärten gesehen', ['kind', 'kinder', 'gart', 'garten', 'geseh', 'gesehen']],
    ['fr', 'Mes chevaux sont à l’école', ['cheval', 'chevaux', 'ecol']],
    ['es', '¿Dónde están mis perros?', ['perr', 'perro']],
    ['pt', 'Os cachorros não são meus', ['cachorr', 'cachorro']],
    ['it', 'Non sono nella città', ['citta']],
    ['nl', 'De kinderen zijn in het huis', ['kinder', 'kinderen', 'huis', 'hui']],
    ['ru', 'Мои собаки любят ёлку', ['собак', 'люб', 'елк']],
    ['zh', '我的猫很可爱', ['猫', '可爱']],
    ['ja', '東京タワーに行きました', ['東京', 'タワ', 'ワー', '行', 'きま', 'まし', 'した']],
    ['ko', '고양이', ['고양', '양이']],
  ])('stems %s', (_language, text, expected) => {
    expect(terms(text)).toEqual(expect.arrayContaining(expected))
  })

  it.each([
    ['Garten', 'Ich habe gestern im Garten gearbeitet und bin müde'],
    ['Gärten', 'Ich habe gestern im Garten gearbeitet und bin müde'],
    ['Was ist mit dem Garten?', 'Ich habe gestern im Garten gearbeitet'],
    ['telefono', 'No sé dónde está mi teléfono'],
    ['ecole', 'Mes enfants sont à l’école'],
    ['собака', 'У меня есть две собаки'],
    ['猫', '我的猫很可爱'],
    ['猫', '猫が好きです'],
    ['Was war am 5. März?', 'We met on 5 March'],
    ['Los Angeles', 'We went to Los Angeles'],
    ['gardens', 'a garden'],
  ])('lets %j find %j', (query, text) => {
    const stored = new Set(terms(text))
    expect(terms(query).filter((term) => stored.has(term))).not.toEqual([])
    if (query !== 'Was war am 5. März?') expect(containsContentWords(text, query)).toBe(true)
  })

  it('is fast', () => {
    const start = performance.now()
    for (let i = 0; i < 5_000; i++) terms(`Yesterday ${i} I walked over the old market with Ines and it was crowded`)
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it('find no word in a sign that only lengthens', () => {
    expect(terms('ـ')).toEqual([])
  })

  it('never throws, and gives words only', () => {
    fc.assert(fc.property(anyString(), (text) => {
      const found = terms(text)
      const all = new Set(found)
      return found.every((term) => term !== '') && contentWords(text).every((word) => all.has(word))
    }), { numRuns: 500 })
  })
})

describe('contentWords', () => {
  it.each([
    ['the dog and the other dog', ['dog']],
    ['Die Kinder sind in den Gärten', ['kind', 'gart']],
    ['ok, it is', ['ok']],
  ])('of %j', (text, expected) => {
    expect(contentWords(text)).toEqual(expected)
  })

  it('are contained or not', () => {
    expect(containsContentWords('Ana moved to Lisbon in May', 'Did Ana move to Lisbon?')).toBe(true)
    expect(containsContentWords('Ana moved to Lisbon in May', 'Did Ana move to Porto?')).toBe(false)
    expect(containsContentWords('Ana moved', 'who is it')).toBe(false)
  })
})

describe('dateTerms', () => {
  it.each([
    ['2023-07-05T23:30:00Z', 'Asia/Tokyo', ['6', 'juli', '2023', 'thursday']],
    ['2023-07-05T23:30:00Z', 'UTC', ['5', 'juli', '2023', 'wednesday']],
    ['2023-07-05T23:30:00Z', 'Nowhere/Else', ['5', 'juli', '2023', 'wednesday']],
    ['2024-02-29T00:30:00Z', 'America/New_York', ['28', 'februari', '2024', 'wednesday']],
  ])('of %s in %s', (at, zone, expected) => {
    expect(dateTerms(new Date(at), zone)).toEqual(expected)
  })

  it('are what terms() finds, and nothing for no date', () => {
    expect(dateTerms(new Date('2023-05-08T12:00:00Z'), 'UTC')).toEqual(terms('8 May 2023, Monday'))
    expect(dateTerms(new Date(NaN), 'UTC')).toEqual([])
  })
})
