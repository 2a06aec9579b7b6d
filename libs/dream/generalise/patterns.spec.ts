import { actionsIn } from './actions'
import { decisionsIn } from './decisions'
import { type Pattern, patternsIn, type Seen } from './patterns'
import { atLeast, rhythmOf, timesOf } from './rhythm'
import { type Said, statementsOf } from './statement'

let n = 0
const said = (at: string, content: string): Said => ({ id: `t${++n}`, content, role: 'user', speaker: 'Ana', occurredAt: new Date(at) })
const actions = (...all: Said[]) => all.flatMap(statementsOf).flatMap(actionsIn)
const everyDay = { weekdays: [50, 50, 50, 50, 50, 50, 50], parts: [350, 350, 350, 350] }
const patterns = (seen: Partial<Seen>): Pattern[] => patternsIn({ decisions: [], actions: [], past: seen.actions ?? [], mentions: [], usual: everyDay, zone: 'UTC', ...seen })
const contents = (seen: Partial<Seen>): string[] => patterns(seen).map((one) => one.content)
const DAYS = ['2025-05-05', '2025-05-13', '2025-05-21']

describe('decisions', () => {
  it.each([
    ['We finally decided to sell the old van.', 'Ana decided to sell the old van.'],
    ["I've settled on a walnut table.", 'Ana decided on walnut table.'],
    ["We'll go with Postgres for the archive.", 'Ana decided on Postgres for the archive.'],
    ["Let's go with the blue tiles of Porto.", 'Ana decided on blue tiles of Porto.'],
    ['I decided against my dentist.', 'Ana decided against their dentist.'],
  ])('are read from "%s"', (content, decision) => {
    expect(decisionsIn(statementsOf(said('2025-05-05', content))).map((one) => one.content)).toEqual([decision])
  })

  it.each([
    ['Should we go with Postgres?'], ["I haven't decided to sell it."], ['If we go with Postgres, it is slow.'], ['We decided to do it.'], ['Maybe I decided too early.'],
  ])('are not read from "%s"', (content) => {
    expect(decisionsIn(statementsOf(said('2025-05-05', content)))).toEqual([])
  })

  it('count how often they were told', () => {
    const talk = [said('2025-05-05', 'We decided to sell the van.'), said('2025-05-06', 'As I said: I decided to sell the van.'), said('2025-05-06', 'I decided to sell the van.')]
    expect(patterns({ decisions: decisionsIn(talk.flatMap(statementsOf)) })).toEqual([
      expect.objectContaining({ kind: 'decision', frequency: 2, sources: [talk[0]!.id, talk[2]!.id], confidence: 0.86 }),
    ])
  })
})

describe('doings', () => {
  it.each([
    ['I went to the gym yesterday.', 'go', 'to the gym'], ['We baked a walnut cake together.', 'bake', 'walnut cake'], ["I've been practising the cello sonata.", 'practise', 'cello sonata'],
    ['Today I signed up for a pottery class.', 'sign', 'up for a pottery class'],
  ])('are read from "%s"', (content, verb, what) => {
    expect(actions(said('2025-05-05', content))).toMatchObject([{ verb, what }])
  })

  it.each([
    ["I'm excited about the trip."], ['I am going to paint the fence.'], ['How can I bake a cake?'], ['Make sure I bake a cake.'], ['I think pottery is fun.'],
    ["I'll bake a cake tomorrow."], ['I made it.'],
  ])('are not read from "%s"', (content) => {
    expect(actions(said('2025-05-05', content))).toEqual([])
  })

  it.each([
    ['I usually drink green tea.', 'Ana usually drinks green tea.'], ['I go to the gym every Tuesday.', 'Ana goes to the gym every Tuesday.'],
    ['Every Sunday we bake bread.', 'Ana bakes bread every Sunday.'], ['After work, I water my roses.', 'Ana waters their roses after work.'],
  ])('that are said to be usual make a pattern at once: "%s"', (content, pattern) => {
    expect(patterns({ actions: actions(said('2025-05-05', content)) })).toEqual([expect.objectContaining({ kind: 'workflow', content: pattern, frequency: 1, told: true })])
  })

  it('make a pattern when they were told of on three days, however they were worded', () => {
    const talk = [said(`${DAYS[0]}T10:00Z`, 'I went to the gym.'), said(`${DAYS[1]}T08:00Z`, 'I went to the gym before work.'), said(`${DAYS[2]}T19:00Z`, 'I just go to the gym.')]
    expect(contents({ actions: actions(talk[2]!), past: actions(talk[0]!, talk[1]!) })).toEqual([])
    expect(patterns({ actions: actions(talk[2]!), past: actions(...talk) })).toEqual([
      expect.objectContaining({ kind: 'workflow', content: 'Ana often goes to the gym.', frequency: 3, sources: talk.map((one) => one.id), told: false }),
    ])
    expect(patterns({ actions: actions(talk[2]!), past: actions(...talk, said(`${DAYS[2]}T20:00Z`, 'I went to the gym.')) })[0]!.frequency).toBe(3)
  })

  it('of taste are preferences', () => {
    const talk = DAYS.map((day) => said(`${day}T10:00Z`, 'I ordered the lamb curry of Rana.'))
    expect(patterns({ actions: actions(talk[2]!), past: actions(...talk) })).toEqual([expect.objectContaining({ kind: 'preference', content: 'Ana often orders lamb curry of Rana.' })])
  })

  it('that follow each other on three days make a sequence, and not when they come the other way as often', () => {
    const days = [...DAYS, '2025-05-29'].map((day) => [said(`${day}T17:00Z`, 'I walked Nimbus.'), said(`${day}T19:00Z`, 'I watered the roses of Graça.')] as const)
    const past = actions(...days.flat())
    const today = actions(...days[3]!)
    expect(contents({ actions: today, past })).toContain('Ana often waters roses of Graça after they walk Nimbus.')
    const turned = actions(...DAYS.slice(0, 2).map((day) => said(`${day}T09:00Z`, 'I watered the roses of Graça.')))
    expect(contents({ actions: today, past: [...past, ...turned] }).join()).not.toContain('after they')
  })
})

describe('rhythms', () => {
  const mondays = ['2025-05-05', '2025-05-12', '2025-05-19', '2025-05-26'].map((day) => new Date(`${day}T18:00Z`))

  it('are weekdays and parts of the day on which something mostly comes up', () => {
    const traces = mondays.map((at, i) => ({ id: `m${i}`, at }))
    expect(patterns({ mentions: [{ name: 'Choir', traces }] })).toEqual([
      expect.objectContaining({ content: 'Choir mostly comes up on Mondays.', frequency: 4, confidence: 1, sources: ['m0', 'm1', 'm2', 'm3'] }),
    ])
    const evenings = ['2025-05-05', '2025-05-13', '2025-05-21', '2025-05-29', '2025-05-30'].map((day) => new Date(`${day}T20:00Z`))
    expect(rhythmOf(timesOf(evenings, 'UTC'), everyDay)).toBe('in the evening')
  })

  it('are none where everything happens then, or too little does', () => {
    expect(rhythmOf(timesOf(mondays, 'UTC'), { weekdays: [20, 0, 0, 0, 0, 0, 0], parts: [0, 0, 20, 0] })).toBeUndefined()
    expect(rhythmOf(timesOf(mondays.slice(1), 'UTC'), everyDay)).toBeUndefined()
    expect(rhythmOf(timesOf([...mondays, ...DAYS.slice(1).map((day) => new Date(`${day}T06:00Z`)), new Date('2025-05-28T02:00Z')], 'UTC'), everyDay)).toBeUndefined()
  })

  it('are those of the place where the user lives, and the small hours are of the night', () => {
    const times = timesOf([new Date('2025-05-05T23:30:00Z')], 'Asia/Tokyo')
    expect(times).toEqual({ weekdays: [0, 1, 0, 0, 0, 0, 0], parts: [1, 0, 0, 0] })
    expect(timesOf([new Date('2025-05-05T02:00:00Z')], 'UTC').parts).toEqual([0, 0, 0, 1])
  })

  it('know the chance of as many', () => {
    expect(atLeast(0, 5, 0.3)).toBe(1)
    expect(atLeast(4, 4, 1 / 7)).toBeCloseTo((1 / 7) ** 4, 10)
    expect(atLeast(2, 3, 0.5)).toBeCloseTo(0.5, 10)
    expect(atLeast(3, 3, 1)).toBe(1)
  })
})
