import type { DayTrace } from '../phase'
import { causes, participants, sameDay, sameTopic } from './day-edges'
import { type Candidate, likenesses } from './likeness'

const turn = (id: string, content = '', speaker: string | null = null, sessionId: string | null = 's'): DayTrace => ({
  id, content, speaker, role: 'user', sessionId, project: null, retention: 'personal', salience: 0.5, tags: [], occurredAt: new Date(0), createdAt: new Date(0),
})
const unit = (...values: number[]): Float32Array => {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (x) => x / length)
}

describe('same_day', () => {
  it('connects each trace with the day, once', () => {
    expect(sameDay([turn('a'), turn('b')], 'day', [{ src: 'a', dst: 'day', type: 'same_day', weight: 0.3 }])).toEqual([
      { op: 'create', edge: { src: 'b', dst: 'day', type: 'same_day', weight: 0.3 } },
    ])
  })

  it('moves to the node that takes the place of another, and is not there without one', () => {
    expect(sameDay([turn('a')], 'new', [{ src: 'a', dst: 'old', type: 'same_day', weight: 0.3 }])).toEqual([
      { op: 'remove', edge: { src: 'a', dst: 'old', type: 'same_day' }, before: { weight: 0.3 } },
      { op: 'create', edge: { src: 'a', dst: 'new', type: 'same_day', weight: 0.3 } },
    ])
    expect(sameDay([turn('a')], undefined, [])).toEqual([])
  })
})

describe('causes', () => {
  it('go from cause to effect where the next turn says so', () => {
    const turns = [turn('a', 'I moved out.'), turn('b', 'Because the rent was too high.'), turn('c', "That's why I live with Bo."), turn('d', 'Nice.')]
    expect(causes([turns]).map(({ src, dst }) => `${src} ${dst}`)).toEqual(['b a', 'b c'])
  })

  it('are neither questions, nor turns of another session, nor guessed', () => {
    expect(causes([
      [turn('a', 'Why did you move?'), turn('b', 'Because of the rent.')],
      [turn('c', 'I moved.', null, 'one'), turn('d', 'Because of the rent.', null, 'two')],
      [turn('e', 'I moved.'), turn('f', 'The rent was too high.')],
    ])).toEqual([])
  })
})

describe('participant', () => {
  it('connects a summary with those who speak, by how much they do', () => {
    const turns = [turn('a', '', 'Ana'), turn('b', '', 'Ana'), turn('c', '', 'Bob'), turn('d', '', 'user')]
    expect(participants([{ id: 's', turns }], (speaker) => (speaker === 'user' ? undefined : `entity of ${speaker}`))).toEqual([
      { src: 's', dst: 'entity of Ana', type: 'participant', weight: 0.5 }, { src: 's', dst: 'entity of Bob', type: 'participant', weight: 0.25 },
    ])
  })
})

describe('same_topic', () => {
  it('connects summaries that are clearly nearer to each other than others, two of each at most', () => {
    const before = [unit(1, 0.1, 0), unit(1, 0.2, 0), unit(1, 0.3, 0), ...Array.from({ length: 12 }, (_, i) => unit(0.05 * i, 1, 1))].map((vector, i) => ({ id: `b${i}`, vector }))
    expect(sameTopic([{ id: 'a', vector: unit(1, 0, 0) }], before).map((edge) => edge.dst)).toEqual(['b0', 'b1'])
    expect(sameTopic([], before)).toEqual([])
    expect(sameTopic([{ id: 'a', vector: unit(1, 0, 0) }], [])).toEqual([])
  })
})

describe('similar', () => {
  const candidate = (id: string, vector: Float32Array, more: Partial<Candidate> = {}): Candidate => ({ id, vector, fresh: true, ...more })
  const others = Array.from({ length: 20 }, (_, i) => candidate(`o${i}`, unit(Math.cos(i), Math.sin(i), Math.cos(3 * i), Math.sin(7 * i))))

  it('connects what is clearly alike, and nearest to each other', async () => {
    const edges = await likenesses([candidate('a', unit(5, 5, 0, 0)), candidate('b', unit(5, 5.1, 0, 0)), ...others])
    expect(edges).toContainEqual({ src: 'a', dst: 'b', type: 'similar', weight: expect.closeTo(1, 2), meta: { matched: 'vectors' } })
  })

  it('does not compare what stands side by side, nor what was there before with each other', async () => {
    const [one, two] = [unit(5, 5, 0, 0), unit(5, 5.1, 0, 0)]
    const near = { session: 's', at: 3 }
    const neighbours = [candidate('a', one, { place: near }), candidate('b', two, { place: { session: 's', at: 4 } })]
    expect((await likenesses([...neighbours, ...others])).filter((e) => e.src === 'a' && e.dst === 'b')).toEqual([])
    expect(await likenesses([candidate('a', one, { fresh: false }), candidate('b', two, { fresh: false })])).toEqual([])
    expect(await likenesses([])).toEqual([])
  })

  it('gives each trace three at most', async () => {
    const alike = Array.from({ length: 10 }, (_, i) => candidate(`a${i}`, unit(5, 5 + i / 100, 0, 0)))
    const edges = await likenesses([...alike, ...others])
    for (const { id } of alike) expect(edges.filter((edge) => edge.src === id || edge.dst === id).length).toBeLessThanOrEqual(3)
    expect(edges.length).toBeGreaterThan(0)
  })
})
