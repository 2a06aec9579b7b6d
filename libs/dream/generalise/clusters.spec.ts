import fc from 'fast-check'
import { clustersIn, type Node } from './clusters'
import { communities, type Tie } from './communities'
import { mattersOf, topicsOf } from './topics'

const clique = (names: string, weight = 1): Tie[] => [...names].flatMap((a, i) => [...names].slice(i + 1).map((b) => ({ a, b, weight })))

describe('communities', () => {
  it('are what is tied among itself more than to the rest, the largest first', () => {
    expect(communities([...clique('abcd'), ...clique('wxyzv'), { a: 'd', b: 'w', weight: 0.1 }])).toEqual([['v', 'w', 'x', 'y', 'z'], ['a', 'b', 'c', 'd']])
    expect(communities([])).toEqual([])
    expect(communities([{ a: 'a', b: 'a', weight: 1 }])).toEqual([])
  })

  it('are the same whatever the order of the ties and of their ends', () => {
    const tie = fc.record({ a: fc.constantFrom(...'abcdefghij'), b: fc.constantFrom(...'abcdefghij'), weight: fc.integer({ min: 1, max: 9 }) })
    fc.assert(fc.property(fc.array(tie, { maxLength: 40 }), (ties) => {
      const turned = [...ties].reverse().map(({ a, b, weight }) => ({ a: b, b: a, weight }))
      expect(communities(turned)).toEqual(communities(ties))
    }))
  })
})

describe('topics', () => {
  it('are nouns and names, without speakers, small talk and code', () => {
    expect([...mattersOf('Hey Ann, thanks! The kiln in Ghent is hot today.\n```\nconst glaze = 1\n```', ['annabel']).values()]).toEqual(['kiln', 'Ghent'])
  })

  it('are not what works, for that says nothing of what it is about', () => {
    expect([...mattersOf('Thursday works, I work at the pottery then', []).values()]).toEqual(['pottery'])
  })

  it('are what a group shares and the rest does not say', () => {
    const texts = ['The kiln of the pottery is hot', 'Our pottery has a new kiln', 'A bowl for the pottery class'].map((text) => mattersOf(text, []))
    const rarity = (term: string): number => (term.startsWith('potteri') ? 3 : 1)
    expect(topicsOf(texts, rarity).map(({ form, texts: said }) => [form, said])).toEqual([['pottery', 3], ['kiln', 2]])
    expect(topicsOf(texts.slice(0, 1), rarity)).toEqual([])
  })
})

describe('clusters', () => {
  let n = 0
  const node = (text: string, clusters: string[] = []): Node => ({ id: `n${String(++n).padStart(3, '0')}`, matters: mattersOf(text, []), salience: 0.6, at: new Date(n * 1000), clusters })
  const pottery = ['The kiln of the pottery cooled', 'New glaze for the kiln of the pottery', 'The pottery fired the kiln', 'The pottery bought glaze', 'Glaze from the pottery kiln']
  const sailing = ['The mast of the dinghy broke', 'A sail for the dinghy mast', 'The dinghy has a new mast', 'We rigged the mast and the sail of the dinghy', 'The dinghy sail tore']
  const find = (nodes: Node[], ties: Tie[] = []) => clustersIn({ nodes, ties, rarity: () => 2 })
  const shown = (nodes: Node[], ties: Tie[] = []) => find(nodes, ties).map((one) => [one.is, one.members.length, one.topics[0]!.form])

  it('are groups about the same, named by what they share', () => {
    const clusters = find([...pottery, ...sailing].map((text) => node(text)))
    expect(clusters.map((one) => one.topics.map((topic) => topic.form).sort())).toEqual([['glaze', 'kiln', 'pottery'], ['dinghy', 'mast', 'sail']])
    expect(clusters.map((one) => [one.is, one.members.length])).toEqual([[undefined, 5], [undefined, 5]])
    for (const { confidence } of clusters) expect(confidence).toBeGreaterThan(0.8)
  })

  it('leave out who says nothing of it, though tied to it', () => {
    const aside = node('Hm, well, good')
    const nodes = pottery.map((text) => node(text))
    expect(find([...nodes, aside], nodes.map(({ id }) => ({ a: id, b: aside.id, weight: 0.3 }))).flatMap((one) => one.members)).toEqual(nodes)
  })

  it('stay themselves as they grow, and a new one is made beside them', () => {
    const nodes = [...pottery.map((text, i) => node(text, i < 4 ? ['old'] : [])), ...sailing.map((text) => node(text))]
    expect(shown(nodes)).toEqual([['old', 5, 'pottery'], [undefined, 5, 'dinghy']])
  })

  it('of two that were one, the larger is the one that it was', () => {
    const nodes = [...pottery.map((text) => node(text, ['old'])), ...sailing.slice(0, 4).map((text) => node(text, ['old']))]
    expect(shown(nodes)).toEqual([['old', 5, 'pottery'], [undefined, 4, 'dinghy']])
  })

  it('are not made of few, nor of what has nothing in common', () => {
    expect(find(pottery.slice(0, 3).map((text) => node(text)))).toEqual([])
    const apart = ['A kiln', 'A mast', 'A violin', 'A tunnel'].map((text) => node(text))
    expect(find(apart, clique('0123').map(({ a, b }) => ({ a: apart[Number(a)]!.id, b: apart[Number(b)]!.id, weight: 1 })))).toEqual([])
  })
})
