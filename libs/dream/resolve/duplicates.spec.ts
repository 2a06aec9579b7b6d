import type { DayTrace } from '../phase'
import { duplicates, nearDuplicates } from './duplicates'

const TEXT = 'The ferry to Cacilhas leaves at nine every morning.'
const turn = (id: string, content: string, at: string, speaker: string | null = 'Ana'): DayTrace => ({
  id, content, speaker, role: 'user', sessionId: null, project: null, retention: 'personal', salience: 0.5, tags: [], occurredAt: new Date(at), createdAt: new Date(at),
})

describe('duplicates', () => {
  it('point to the oldest that says the same, white space apart', () => {
    const day = [turn('b', TEXT, '2026-01-02T09:00:00Z'), turn('c', `${TEXT} `, '2026-01-02T10:00:00Z')]
    expect(duplicates(day, [{ id: 'a', speaker: 'Ana', content: TEXT, occurredAt: new Date('2026-01-01') }])).toEqual([
      { src: 'b', dst: 'a', type: 'duplicate_of', weight: 1, meta: { matched: 'text', share: 1 } },
      { src: 'c', dst: 'a', type: 'duplicate_of', weight: 1, meta: { matched: 'text', share: 1 } },
    ])
  })

  it('point to the day when that is older than what was dreamt of before', () => {
    expect(duplicates([turn('a', TEXT, '2026-01-01T09:00:00Z')], [{ id: 'b', speaker: 'Ana', content: TEXT, occurredAt: new Date('2026-02-01') }]))
      .toEqual([{ src: 'b', dst: 'a', type: 'duplicate_of', weight: 1, meta: { matched: 'text', share: 1 } }])
  })

  it('are not what others say, and not what is said every day', () => {
    expect(duplicates([turn('a', TEXT, '2026-01-01T09:00:00Z'), turn('b', TEXT, '2026-01-01T10:00:00Z', 'Bob')], [])).toEqual([])
    expect(duplicates([turn('a', 'Good morning!', '2026-01-01T09:00:00Z'), turn('b', 'Good morning!', '2026-01-01T10:00:00Z')], [])).toEqual([])
  })
})

describe('nearDuplicates', () => {
  const near = (earlier: string, later: string, by = 'Ana'): object[] =>
    nearDuplicates([[turn('b', later, '2026-01-02T09:00:00Z', by), turn('a', earlier, '2026-01-01T09:00:00Z')]])

  it('point from the later to the earlier wording, with the share of words that both have', () => {
    expect(near(TEXT, 'The ferry to Cacilhas leaves at nine every single morning!')).toEqual([
      { src: 'b', dst: 'a', type: 'duplicate_of', weight: 0.9, meta: { matched: 'words', share: 0.9 } },
    ])
  })

  it.each([
    ['says it of another number', 'The rent of the flat in Graça is 900 euros.', 'The rent of the flat in Graça is 950 euros.'],
    ['says the contrary', TEXT, 'The ferry to Cacilhas never leaves at nine every morning.'],
    ['has few of the words', TEXT, 'Every morning the boat to Cacilhas is full at nine.'],
    ['says it word for word, which is known already', TEXT, TEXT],
    ['says little', 'Good morning!', 'Good good morning!'],
  ])('are not what %s', (_, earlier, later) => {
    expect(near(earlier, later)).toEqual([])
  })

  it('are not what others say', () => {
    expect(near(TEXT, `${TEXT} Really.`, 'Bob')).toEqual([])
  })
})
