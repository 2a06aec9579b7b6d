import { MIXED, QUESTIONS, SIGNS } from './testing'
import { containsContentWords, terms } from './index'

/** Texts by the rarity of the words that they share with a question, the best first. */
function ranked(question: string, texts: readonly string[]): string[] {
  const stored = texts.map((text) => new Set(terms(text)))
  const sought = [...new Set(terms(question))]
  const rarity = (term: string): number => Math.log(1 + texts.length / (1 + stored.filter((of) => of.has(term)).length))
  const score = (of: ReadonlySet<string>): number => sought.reduce((sum, term) => sum + (of.has(term) ? rarity(term) : 0), 0)
  return texts.map((text, i) => ({ text, score: score(stored[i]!) })).filter((one) => one.score > 0).sort((a, b) => b.score - a.score).map((one) => one.text)
}

const ALL = [...Object.values(QUESTIONS).flat(), ...MIXED].map(([, text]) => text)

describe.each(Object.entries(QUESTIONS))('words in %s', (_language, pairs) => {
  it.each(pairs)('lead from %j to %j, above all other texts in every language', (question, text) => {
    expect(ranked(question, ALL)[0]).toBe(text)
  })
})

describe('words', () => {
  it.each(MIXED)('lead from %j into a text of two languages', (question, text) => {
    expect(ranked(question, ALL)[0]).toBe(text)
  })

  it.each(SIGNS)('of %j lead to %j, above what shares pieces of it', (question, text, others) => {
    expect(ranked(question, [...others, text])[0]).toBe(text)
  })

  it('of a part do not mean the whole compound, number or address where something would be forgotten', () => {
    expect(containsContentWords('Das Haus ist alt', 'Hausschlüssel')).toBe(false)
    expect(containsContentWords('Wo ist der Hausschlüssel?', 'Hausschlüssel')).toBe(true)
    expect(containsContentWords('The dose is 5 mg', '3.5')).toBe(false)
    expect(containsContentWords('Signed on 2024-05-08', '8 May 2024')).toBe(true)
    expect(containsContentWords('爱好很多', '可爱')).toBe(false)
  })
})
