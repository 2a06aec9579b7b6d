import { questions, session } from './synthetic.cjs'

const until = new Date('2025-06-01T00:00:00Z')
const made = Array.from({ length: 200 }, (_, index) => session({ index, of: 200, turns: 20, until }))
const turns = made.flatMap((s) => s.turns)

describe('session', () => {
  it('is the same for the same seed and another for another', () => {
    expect(session({ index: 7, of: 200, turns: 20, until })).toEqual(made[7])
    expect(session({ index: 7, of: 200, turns: 20, until, seed: 2 }).turns[0]!.content).not.toBe(made[7]!.turns[0]!.content)
  })

  it('leaves no slot open and repeats itself hardly ever', () => {
    expect(turns.every((turn) => !/[{}]|undefined/.test(turn.content))).toBe(true)
    expect(new Set(turns.map((turn) => turn.content)).size).toBeGreaterThan(turns.length * 0.95)
  })

  it('is rich in words', () => {
    expect(new Set(turns.flatMap((turn) => turn.content.toLowerCase().match(/[a-z]+/g) ?? [])).size).toBeGreaterThan(700)
  })

  it('stays in order within the twelve months before the end', () => {
    const months = new Set(turns.map((turn) => turn.occurred_at.slice(0, 7)))
    expect(months.size).toBeGreaterThanOrEqual(12)
    expect(turns.every((turn) => turn.occurred_at <= until.toISOString() && turn.occurred_at >= '2024-05')).toBe(true)
    for (const { turns: some } of made) expect(some.map((t) => t.occurred_at)).toEqual(some.map((t) => t.occurred_at).sort())
  })
})

describe('questions', () => {
  it('are distinct and name a session that exists', () => {
    const asked = questions(made, 600)
    expect(new Set(asked.map((q) => q.text)).size).toBe(600)
    expect(asked.every((q) => made.some((s) => s.name === q.session))).toBe(true)
  })

  it('says so when there are not enough', () => {
    expect(() => questions(made.slice(0, 1), 600)).toThrow('distinct questions')
  })
})
