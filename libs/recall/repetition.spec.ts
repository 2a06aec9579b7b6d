import { repeats, type Said } from './repetition'

const said = (content: string, more: Partial<Said> = {}): Said => ({ content, role: 'user', speaker: null, kind: 'episode', ...more })

describe('repeats', () => {
  it.each([
    ['the same', 'I moved to Lisbon in May', 'I moved to Lisbon in May'],
    ['other case, punctuation and spaces', 'i moved to  lisbon, in may!!', 'I moved to Lisbon in May'],
    ['signs that are no words', 'I moved to Lisbon in May 🎉', 'I moved to Lisbon in May'],
    ['a word less', 'We all went to the beach on Sunday', 'Then we all went to the beach on Sunday'],
    ['a plain word more', 'We all went to the beach on Sunday', 'We went to the beach on Sunday'],
    ['a detail less', 'Call the dentist on Monday', 'Call the dentist on Monday morning'],
    ['very long texts that are equal', 'a word '.repeat(1_000), 'a word '.repeat(1_000)],
    ['apostrophes of both kinds', "I don't eat fish", 'I don’t eat fish'],
    ['signs alone that are equal', '🎉', '🎉'],
  ])('holds for %s', (_, a, b) => {
    expect(repeats(said(a), said(b))).toBe(true)
  })

  it.each([
    ['another town', 'I moved to Porto in May with my sister', 'I moved to Lisbon in May with my sister'],
    ['another number', 'The code of my bicycle lock is 4712 as ever', 'The code of my bicycle lock is 4711 as ever'],
    ['the opposite', 'I do not like to swim in the cold sea', 'I do like to swim in the cold sea'],
    ['the opposite, the other way round', 'I do like to swim in the cold sea', 'I do not like to swim in the cold sea'],
    ['two people changed about', 'Ana gave Ben the old book', 'Ben gave Ana the old book'],
    ['pronouns changed about', 'my mother gave your sister a violin', 'your mother gave my sister a violin'],
    ['a name more', 'We went to the beach on Sunday with Rita', 'We went to the beach on Sunday'],
    ['a number more', 'we walked along the river for an hour at 9', 'we walked along the river for an hour'],
    ['much more', 'I like tea and I like walking by the sea', 'I like tea'],
    ['other words', 'My brother bakes bread', 'The garden needs water'],
    ['other signs alone', '🎉', '🦊'],
    ['a long text with a difference', `${'a word '.repeat(1_000)}here`, `${'a word '.repeat(1_000)}there`],
  ])('does not hold for %s', (_, a, b) => {
    expect(repeats(said(a), said(b))).toBe(false)
  })

  it('tells apart who said it, but not a summary from what it quotes', () => {
    const line = 'I love the smell of rain'
    expect(repeats(said(line, { speaker: 'Ana' }), said(line, { speaker: 'Ben' }))).toBe(false)
    expect(repeats(said(line, { role: 'assistant' }), said(line))).toBe(false)
    expect(repeats(said(line, { speaker: 'Ana', role: 'assistant' }), said(line, { speaker: 'Ana' }))).toBe(true)
    expect(repeats(said(line, { kind: 'summary', role: 'system' }), said(line, { speaker: 'Ana' }))).toBe(true)
  })
})
