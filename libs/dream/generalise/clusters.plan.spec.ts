import type { Dream } from '../phase'
import type { Cluster } from './clusters'
import { planClusters } from './clusters.plan'
import { mattersOf } from './topics'

const node = (id: string, text: string) => ({ id, matters: mattersOf(text, []), salience: 0.5, at: new Date(0), clusters: [] })
const found: Cluster = {
  is: 'c', confidence: 0.7, topics: [{ term: 'piano', form: 'piano', texts: 2 }],
  members: [node('a', 'The kiln cooled'), node('b', 'A new kiln for the pottery'), node('d', 'A piano beside the kiln'), node('e', 'The piano stood at the door')],
}
const stored = (origin: string) => ({ id: 'c', members: ['a'], content: 'Clay\nkiln\npottery', confidence: 0.8, metadata: { origin } as unknown as Record<string, never> })
const joining = (origin: string): string[] => planClusters({} as Dream, [found], { stored: [stored(origin)], sizes: new Map([['c', 1]]) }, new Map())
  .flatMap((change) => ('edge' in change && change.edge.type === 'member_of' ? [change.edge.src] : []))

describe('clusters of earlier dreams', () => {
  it('are joined by what says one of their topics, not by the talk about it', () => {
    expect(joining('dream')).toEqual(['b', 'd'])
  })

  it('that a caller has amended are joined by nothing', () => {
    expect(joining('caller')).toEqual([])
  })
})
