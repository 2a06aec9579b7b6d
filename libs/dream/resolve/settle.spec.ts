import { sentenceOf, slotOf, tripleKey } from '#facts'
import type { Change } from '../change'
import { evidenceOf, type Fact } from '../link/fact'
import { planFacts } from '../link/fact-plan'
import { statementsOf } from '../link/statements'
import type { DayTrace } from '../phase'
import { settle, touched } from './settle'

/** Said at an instant by somebody. */
type Line = readonly [at: string, speaker: string | null, text: string]

/** A memory of facts alone: what is said on a day is dreamt, as the phases do it, and applied. */
class Story {
  facts: Fact[] = []
  readonly contradictions: string[] = []
  readonly reasons: string[] = []
  private ids = 0

  async dream(...lines: readonly Line[]): Promise<this> {
    const traces = lines.map(([at, speaker, content]): DayTrace => ({
      id: `${at} ${content}`, content, speaker, role: 'user', sessionId: null, project: null, retention: 'personal', salience: 0.5, tags: [],
      occurredAt: new Date(at), createdAt: new Date('2026-12-01'),
    }))
    const { changes } = planFacts({
      statements: await statementsOf({ traces, zone: 'UTC' }), known: this.facts, mentioned: new Map(), slotId: (slot) => slot, id: (role) => `${role} ${this.ids++}`,
    })
    const before = this.facts
    this.apply(changes, traces)
    const keys = new Set(this.facts.filter((fact) => !before.includes(fact)).map((fact) => tripleKey(fact.triple)))
    this.apply(settle(touched(this.facts, keys)).changes, traces)
    return this
  }

  get open(): string[] {
    return this.facts.filter((fact) => fact.validUntil === null).map((fact) => sentenceOf(fact.triple)).sort()
  }

  /** What ended, and on which day. */
  get closed(): string[] {
    return this.facts.filter((fact) => fact.validUntil !== null).map((fact) => `${sentenceOf(fact.triple)} until ${fact.validUntil!.toISOString().slice(0, 10)}`).sort()
  }

  private apply(changes: readonly Change[], traces: readonly DayTrace[]): void {
    const change = (id: string, how: (fact: Fact) => Fact): void => void (this.facts = this.facts.map((fact) => (fact.id === id ? how(fact) : fact)))
    const evidence = (source: string, meta: object | undefined) => {
      const { occurredAt, speaker } = traces.find((t) => t.id === source)!
      return evidenceOf(meta as Record<string, unknown>, { source, said: occurredAt, by: (speaker ?? 'user').toLowerCase() })
    }
    for (const one of changes) {
      if (one.op === 'create' && 'trace' in one) {
        const { id, triple, confidence, sources, citations, validFrom } = one.trace
        expect(one.trace).toMatchObject({ kind: 'fact', content: sentenceOf(triple!), metadata: { slot: slotOf(triple!) } })
        this.facts = [...this.facts, {
          id, triple: triple!, confidence: confidence!, evidence: sources.map((source) => evidence(source, citations![source])), validFrom: validFrom!, validUntil: null,
        }]
      } else if (one.op === 'create' && one.edge.type === 'derived_from') {
        change(one.edge.src, (fact) => ({ ...fact, evidence: [...fact.evidence, evidence(one.edge.dst, one.edge.meta)] }))
      } else if (one.op === 'create') {
        this.contradictions.push([one.edge.src, one.edge.dst].map((id) => sentenceOf(this.facts.find((fact) => fact.id === id)!.triple)).sort().join(' / '))
      } else if (one.op === 'update' && 'trace' in one) {
        const { confidence, validFrom } = one.after
        change(one.trace, (fact) => ({ ...fact, ...(confidence === undefined ? {} : { confidence }), ...(validFrom === undefined ? {} : { validFrom: new Date(validFrom) }) }))
      } else if (one.op === 'supersede') {
        this.reasons.push(one.reason)
        change(one.trace, (fact) => ({ ...fact, validUntil: one.at! }))
      }
    }
  }
}

const PORTO: Line = ['2026-01-10T09:00:00Z', 'Ana', 'I live in Porto.']
const LISBON: Line = ['2026-06-10T09:00:00Z', 'Ana', 'I moved to Lisbon in May.']
const dreamt = async (...days: readonly (readonly Line[])[]): Promise<Story> => {
  const story = new Story()
  for (const day of days) await story.dream(...day)
  return story
}

describe('settling what is said of people', () => {
  it('lets a newer statement end an older one, when it says that it began, and keeps both', async () => {
    const story = await dreamt([PORTO], [LISBON])
    expect(story.open).toEqual(['Ana lives in Lisbon'])
    expect(story.closed).toEqual(['Ana lives in Porto until 2026-05-01'])
    expect(story.reasons).toEqual(['a newer statement says otherwise'])
    expect(story.facts.find((fact) => fact.validUntil === null)!.validFrom.toISOString()).toBe('2026-05-01T00:00:00.000Z')
  })

  it('comes to the same when the older one is dreamt of later', async () => {
    const late = await dreamt([LISBON], [PORTO])
    expect([late.open, late.closed]).toEqual([['Ana lives in Lisbon'], ['Ana lives in Porto until 2026-05-01']])
  })

  it('lets what happened long ago end nothing that was true since', async () => {
    const story = await dreamt([['2026-01-10T09:00:00Z', 'Ana', 'I live in Lisbon.']], [['2026-03-01T09:00:00Z', 'Ana', 'I moved to Porto in 2015.']])
    expect(story.open).toEqual(['Ana lives in Lisbon'])
    expect(story.closed).toEqual(['Ana lives in Porto until 2026-01-10'])
  })

  it.each([
    ['My friend moved to Rome.', ["Ana's friend lives in Rome", 'Ana lives in Porto']],
    ['Tom moved to Rome.', ['Ana lives in Porto', 'Tom lives in Rome']],
    ["I'm going to move to Rome.", ['Ana lives in Porto']],
    ['If I moved to Rome, I would miss the sea.', ['Ana lives in Porto']],
    ['I lived in Rome for a year.', ['Ana lived in Rome', 'Ana lives in Porto']],
    ['I live in Portugal.', ['Ana lives in Porto', 'Ana lives in Portugal']],
    ['I am allergic to nuts.', ['Ana is allergic to nuts', 'Ana lives in Porto']],
    ["Tom says I live in Rome. I don't live in Rome.", ['Ana does not live in Rome', 'Ana lives in Porto']],
  ])('leaves Ana in Porto when she says: %s', async (text, open) => {
    const story = await dreamt([PORTO], [['2026-06-10T09:00:00Z', 'Ana', text]])
    expect(story.open).toEqual([...open].sort())
    expect(story.closed).toEqual([])
    expect(story.contradictions).toEqual([])
  })

  it('ends what is said to be over', async () => {
    const story = await dreamt([PORTO], [['2026-06-10T09:00:00Z', 'Ana', 'I used to live in Porto.']])
    expect([story.open, story.closed]).toEqual([['Ana lived in Porto'], ['Ana lives in Porto until 2026-06-10']])
    expect(story.reasons).toEqual(['a newer statement says that it is over'])
  })

  it('ends what is denied later, and what was denied before', async () => {
    const story = await dreamt(
      [['2026-01-10T09:00:00Z', 'Ana', 'I love coffee and tea.']], [['2026-02-10T09:00:00Z', 'Ana', "I don't like coffee anymore."]],
      [['2026-03-10T09:00:00Z', 'Ana', 'I love coffee.']])
    expect(story.open).toEqual(['Ana likes coffee', 'Ana likes tea'])
    expect(story.closed).toEqual(['Ana dislikes coffee until 2026-03-10', 'Ana likes coffee until 2026-02-10'])
  })

  it('never lets one of many end another', async () => {
    const story = await dreamt([['2026-01-10T09:00:00Z', 'Ana', 'I love jazz. I have a dog called Rex.']], [['2026-02-10T09:00:00Z', 'Ana', 'I love techno. I have a cat called Miso.']])
    expect(story.closed).toEqual([])
    expect(story.open).toEqual(['Ana has a pet called Miso', 'Ana has a pet called Rex', 'Ana likes jazz', 'Ana likes techno', 'Miso is a cat', 'Rex is a dog'])
  })

  it('begins a new fact when what had ended is so again', async () => {
    const story = await dreamt([PORTO], [LISBON], [['2026-11-10T09:00:00Z', 'Ana', 'I moved back to Porto.']])
    expect(story.open).toEqual(['Ana lives in Porto'])
    expect(story.closed).toEqual(['Ana lives in Lisbon until 2026-11-10', 'Ana lives in Porto until 2026-05-01'])
  })

  it('makes a fact that is said again surer, of one more source, and nothing of a day that is dreamt of twice', async () => {
    const again: Line = ['2026-02-10T09:00:00Z', 'Ana', 'As I said, I live in Porto.']
    const story = await dreamt([PORTO], [again])
    expect(story.facts).toHaveLength(1)
    expect(story.facts[0]!.evidence.map((one) => one.source)).toEqual([`${PORTO[0]} ${PORTO[2]}`, `${again[0]} ${again[2]}`])
    expect(story.facts[0]!.confidence).toBe(0.99)
    const { facts } = story
    await story.dream(again)
    expect(story.facts).toEqual(facts)
  })

  it('lets a fact begin as early as anybody says', async () => {
    const story = await dreamt([['2026-02-10T09:00:00Z', 'Ana', 'I live in Porto.']], [['2026-03-10T09:00:00Z', 'Ana', 'I have lived in Porto since 2019.']])
    expect(story.facts.map((fact) => fact.validFrom.toISOString())).toEqual(['2019-01-01T00:00:00.000Z'])
  })

  it('does not decide what was said at one instant', async () => {
    const story = await dreamt([PORTO, [PORTO[0], 'Ana', 'I live in Braga.']])
    expect(story.open).toEqual(['Ana lives in Braga', 'Ana lives in Porto'])
    expect(story.contradictions).toEqual(['Ana lives in Braga / Ana lives in Porto'])
  })

  it('does not decide between people who speak of a third one', async () => {
    const story = await dreamt([['2026-01-10T09:00:00Z', 'Bob', 'Ana lives in Rome.']], [['2026-02-10T09:00:00Z', 'Eve', 'Ana lives in Oslo.']])
    expect(story.open).toEqual(['Ana lives in Oslo', 'Ana lives in Rome'])
    expect(story.contradictions).toEqual(['Ana lives in Oslo / Ana lives in Rome'])
  })

  it('believes people of themselves', async () => {
    const own: Line = ['2026-02-10T09:00:00Z', 'Ana', 'I live in Oslo.']
    const before = await dreamt([['2026-01-10T09:00:00Z', 'Bob', 'Ana lives in Rome.']], [own])
    expect(before.open).toEqual(['Ana lives in Oslo'])
    const after = await dreamt([own], [['2026-03-10T09:00:00Z', 'Bob', 'Ana lives in Rome.']])
    expect(after.open).toEqual(['Ana lives in Oslo', 'Ana lives in Rome'])
    expect(after.contradictions).toHaveLength(1)
  })

  it('lets one who speaks of a third one say something newer', async () => {
    const story = await dreamt([['2026-01-10T09:00:00Z', 'Bob', 'My mother lives in Rome.']], [['2026-02-10T09:00:00Z', 'Bob', 'My mother lives in Oslo.']])
    expect(story.open).toEqual(["Bob's mother lives in Oslo"])
  })

  it('does not hold against each other what may be said of two', async () => {
    const story = await dreamt([['2026-01-10T09:00:00Z', 'Bob', 'My friend lives in Rome.']], [['2026-02-10T09:00:00Z', 'Bob', 'My friend lives in Oslo.']])
    expect(story.open).toEqual(["Bob's friend lives in Oslo", "Bob's friend lives in Rome"])
    expect(story.contradictions).toEqual([])
  })

  it('does not decide what cannot change', async () => {
    const story = await dreamt([['2026-01-10T09:00:00Z', null, 'My birthday is on 3 March.']], [['2026-02-10T09:00:00Z', null, 'My birthday is on 4 March.']])
    expect(story.open).toHaveLength(2)
    expect(story.contradictions).toEqual(['User has birthday on 3 March / User has birthday on 4 March'])
  })

  it('takes "a bakery" for what may be the one with a name, unless something changed', async () => {
    const bakery: Line = ['2026-01-10T09:00:00Z', 'Ana', 'I work at a bakery.']
    expect((await dreamt([bakery], [['2026-02-10T09:00:00Z', 'Ana', 'I work at Blum Bros.']])).closed).toEqual([])
    expect((await dreamt([bakery], [['2026-02-10T09:00:00Z', 'Ana', 'I started a new job at Blum Bros.']])).closed).toEqual(['Ana works at a bakery until 2026-02-10'])
  })

  it('takes the first name of one speaker for that speaker', async () => {
    const story = await dreamt([['2026-01-10T09:00:00Z', 'Ana Sousa', 'Hello there.'], ['2026-01-10T09:01:00Z', 'Bob', 'Ana lives in Rome.']])
    expect(story.open).toEqual(['Ana Sousa lives in Rome'])
  })

  it('listens to people, not to assistants', async () => {
    const traces: DayTrace[] = ['assistant', 'user'].map((role) => ({
      id: role, role, content: 'I live in Rome.', speaker: role, sessionId: null, project: null, retention: 'personal', salience: 0.5, tags: [],
      occurredAt: new Date(), createdAt: new Date(),
    }))
    expect((await statementsOf({ traces, zone: 'UTC' })).map((one) => [one.source.id, one.by, one.claim.triple.subject])).toEqual([['user', 'user', 'user']])
  })
})
