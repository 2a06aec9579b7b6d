import { batches, contentOf, Ledger, parseConversations } from './dataset.cjs'
import { parseWhen, stamp } from './dates.cjs'

const iso = (text: unknown) => { const ms = parseWhen(text); return ms === null ? null : new Date(ms).toISOString() }

describe('parseWhen', () => {
  it.each([
    ['1:56 pm on 8 May, 2023', '2023-05-08T13:56:00.000Z'],
    ['12:05 am on 1 January, 2024', '2024-01-01T00:05:00.000Z'],
    ['12:05 pm on 1 January, 2024', '2024-01-01T12:05:00.000Z'],
    ['March-15-2024', '2024-03-15T12:00:00.000Z'],
    ['May 8, 2023', '2023-05-08T12:00:00.000Z'],
    ['8 Sept 2023', '2023-09-08T12:00:00.000Z'],
    ['2023-12-25', '2023-12-25T12:00:00.000Z'],
    ['2023/05/30 (Tue) 23:40', '2023-05-30T23:40:00.000Z'],
    ['2023-12-25 07:30', '2023-12-25T07:30:00.000Z'],
    ['2023-12-25T07:30:00+02:00', '2023-12-25T05:30:00.000Z'],
  ])('reads %s', (text, expected) => { expect(iso(text)).toBe(expected) })

  it.each(['', '   ', undefined, null, 'yesterday', '2023-02-30', '25:00 on 8 May, 2023', 'Ma-8-2023'])('refuses %p', (text) => { expect(parseWhen(text)).toBeNull() })
})

describe('stamp', () => {
  it('gives successive seconds to one date, whatever stands between, and nothing to no date', () => {
    expect(stamp(['2023-12-25', '2023-12-25', '', '2023-12-26', '2023-12-25'])).toEqual([
      '2023-12-25T12:00:00.000Z', '2023-12-25T12:00:01.000Z', undefined, '2023-12-26T12:00:00.000Z', '2023-12-25T12:00:02.000Z',
    ])
  })
})

const doc = (id: string, session: number, more = {}) => ({ id, text: `text ${id}`, speaker: 'Ana', date: '2023-12-25', session, ...more })

describe('batches', () => {
  const conversation = {
    id: 'c',
    queries: [],
    docs: [doc('1', 1), doc('2', 1), doc('3', 1), doc('4', 2, { speaker: 'assistant', caption: 'a dog' }), doc('5', 2, { date: '', speaker: undefined })],
  }

  it('cuts at the session and at the size, in order', () => {
    const made = batches(conversation, { size: 2 })
    expect(made.map((b) => [b.session_id, b.messages.map((m) => m.metadata.doc_id)])).toEqual([
      ['session-1', ['1', '2']], ['session-1', ['3']], ['session-2', ['4', '5']],
    ])
    expect(made[0]!.messages[0]).toEqual({ content: 'text 1', speaker: 'Ana', occurred_at: '2023-12-25T12:00:00.000Z', metadata: { doc_id: '1' } })
    expect(made[2]!.messages[0]).toMatchObject({ role: 'assistant', speaker: 'assistant', content: 'text 4 [shared a photo: a dog]' })
    expect(made[2]!.messages[1]).toEqual({ content: 'text 5', metadata: { doc_id: '5' } })
  })

  it('cuts where the body would grow too large, and leaves captions out when told', () => {
    expect(batches(conversation, { bytes: 1 }).map((b) => b.messages.length)).toEqual([1, 1, 1, 1, 1])
    expect(contentOf(conversation.docs[3]!, false)).toBe('text 4')
  })
})

describe('Ledger', () => {
  const docs = [doc('1', 1), doc('2', 1), doc('3', 2), doc('4', 3), doc('5', 3)]
  const ledger = new Ledger()
  ledger.add(docs, [
    { id: 'A', status: 'stored' }, { id: 'A', status: 'duplicate', duplicate_of: 'A' }, { id: 'B', status: 'stored' },
    { id: null, status: 'blocked' }, { id: 'F', status: 'focus_only' },
  ])

  it('takes a duplicate and its original for one thing to find', () => {
    expect([...ledger.gold(['1', '2', '3'])]).toEqual(['A', 'B'])
    expect(ledger.statuses).toEqual({ stored: 2, duplicate: 1, blocked: 1, focus_only: 1 })
  })

  it('keeps what was not stored among the wanted', () => {
    expect([...ledger.gold(['3', '4'])]).toEqual(['B', 'absent:4'])
  })

  it('lists distinct sessions in the order of their first turn, and skips what it does not know', () => {
    expect(ledger.sessions(['B', 'foreign', 'A', 'B'])).toEqual(['session-2', 'session-1'])
    expect([...ledger.goldSessions(['1', '2', '3'], { id: 'c', docs, queries: [] })]).toEqual(['session-1', 'session-2'])
  })

  it('refuses an answer of another length', () => {
    expect(() => { new Ledger().add(docs, []) }).toThrow('5 messages were sent and 0 results came back')
  })
})

it('reads JSON lines and makes every id a string', () => {
  const [one] = parseConversations('{"id":1,"docs":[{"id":7,"text":"a"}],"queries":[{"id":"q","text":"?","category":"x","gold":[7]}]}\n\n')
  expect(one).toMatchObject({ id: '1', docs: [{ id: '7' }], queries: [{ gold: ['7'] }] })
})
