import { type Change, type DerivedTrace, type Dream, PHASES } from '#dream'
import { ForgetService } from '#forget'
import type { User } from '#kernel'
import { Dreamer } from '../libs/dream/dreamer'
import { DAY, Dreams } from './support/dreams'

/** More than one transaction applies at once. */
const MANY = 130

function fact(dream: Dream, role: string, content: string, source: string): DerivedTrace {
  return { id: dream.id(role), kind: 'fact', content, sources: [source], occurredAt: dream.now, salience: 0.5 }
}

/** Facts enough for two parts, and something of the rest. */
function much(dream: Dream): Change[] {
  const [first, second] = dream.traces
  return [
    ...Array.from({ length: MANY }, (_, i): Change => ({
      op: 'create', trace: fact(dream, `fact ${i}`, `Nimbus likes toy number ${i}`, i % 2 ? first!.id : second!.id),
    })),
    { op: 'create', edge: { src: first!.id, dst: second!.id, type: 'similar', weight: 0.5 } },
    { op: 'update', trace: first!.id, before: { salience: first!.salience }, after: { salience: 0.75 } },
  ]
}

describe('a dream whose worker is killed', () => {
  let dreams: Dreams
  let user: User
  beforeAll(async () => {
    dreams = await Dreams.open()
  })
  beforeEach(async () => {
    dreams.scripted.script = much
    user = await dreams.user()
  })
  afterAll(() => dreams?.close())

  it('ends as if nobody had been killed, after whichever transaction it was', async () => {
    const before = await dreams.dump(user)
    const { id } = await dreams.dream(user)
    const whole = await dreams.dump(user)
    expect(whole.memory_trace!.length).toBeGreaterThan(MANY)
    let kills = 0
    for (let goesOn = true; goesOn; kills++) {
      await dreams.service.undo(user, id)
      expect(await dreams.dump(user)).toEqual(before)
      goesOn = await dreams.killed(kills + 1, () => dreams.dream(user, { force: true }))
      // Somebody else goes on, or it was asked for again.
      expect(await dreams.dream(user, { force: true })).toMatchObject({ id, status: 'completed', error: null })
      expect(await dreams.dump(user)).toEqual(whole)
    }
    // Asked for, claimed, begun, seven phases, two parts.
    expect(kills).toBeGreaterThanOrEqual(12)
    expect(await dreams.store.count('dream_plan')).toBe(0)
  }, 300_000)

  /** Has it go on by one step, which ends with the fourth transaction: it is asked for, claimed, and rid of what is half planned, first. */
  const step = async (): Promise<{ status: string; phases: string[]; traces: number }> => {
    await dreams.killed(4, () => dreams.dream(user))
    const [run] = (await dreams.service.list(user, undefined, { limit: 1 })).runs
    return { status: run!.status, phases: run!.phases.map((phase) => phase.name), traces: (await dreams.dump(user)).memory_trace!.length }
  }

  it('goes on after the phase that was done last, and shows nothing of itself before all of them are', async () => {
    const before = await dreams.dump(user)
    const of = before.memory_trace!.length
    const steps = [await step()]
    while (steps.at(-1)!.status === 'running') {
      if (steps.at(-1)!.traces === of) expect(await dreams.dump(user)).toEqual(before)
      steps.push(await step())
    }
    const planning = PHASES.filter((name) => steps.at(-1)!.phases.includes(name) && name !== 'diary')
    expect(planning.length).toBeGreaterThanOrEqual(3)
    // A phase a step, then two parts, of which the last one ends the run.
    expect(steps.map((s) => s.phases)).toEqual([...planning.map((_, i) => planning.slice(0, i + 1)), planning, [...planning, 'diary']])
    expect(steps.map((s) => s.traces > of)).toEqual([...planning.map(() => false), true, true])
  })

  it('is given back when it is called off: it shows nothing, cannot be undone, and goes on after what was planned', async () => {
    const before = await dreams.dump(user)
    const off = new AbortController()
    let planned = 0
    dreams.scripted.script = (dream) => {
      planned++
      off.abort(new Error('called off'))
      return much(dream)
    }
    const [id] = await dreams.service.consolidate({ user, day: DAY, dryRun: false, force: false })
    await expect(dreams.flows.get(Dreamer).dream(user, id!, { signal: off.signal })).rejects.toThrow('called off')
    expect(await dreams.service.get(user, id!)).toMatchObject({ status: 'queued', error: null, changes: [] })
    expect(await dreams.dump(user)).toEqual(before)
    await expect(dreams.service.undo(user, id!)).rejects.toThrow('the dream cannot be undone: it has not ended yet')
    expect(await dreams.dream(user)).toMatchObject({ id, status: 'completed', error: null })
    expect(planned).toBe(1)
  })

  it('begins anew, and takes back what it applied, when something was forgotten meanwhile', async () => {
    const of = (await dreams.dump(user)).memory_trace!.length
    while ((await step()).traces === of);
    const [run] = (await dreams.service.list(user, undefined, { limit: 1 })).runs
    expect(run!.status).toBe('running')
    const [nimbus] = (await dreams.dump(user)).memory_trace!.filter((row) => (row as { content: string }).content.includes('adopted a grey cat')) as { id: string }[]
    await dreams.flows.get(ForgetService).forget({ user, selector: { ids: [nimbus!.id] }, dryRun: false, block: true })
    expect(await dreams.store.count('dream_plan')).toBe(0)
    const done = await dreams.dream(user)
    expect(done).toMatchObject({ status: 'completed', forgotten: 0 })
    // The day is another one now, and has a run of its own.
    expect(await dreams.service.get(user, run!.id)).toMatchObject({ status: 'completed', changes: [] })
    const after = await dreams.dump(user)
    expect(await dreams.store.naming(nimbus!.id)).toEqual([])
    await dreams.service.undo(user, done.id)
    await dreams.dream(user, { force: true })
    expect(await dreams.dump(user)).toEqual(after)
  })
})

describe('a dream during which something is forgotten', () => {
  let dreams: Dreams
  beforeAll(async () => {
    dreams = await Dreams.open()
  })
  afterAll(() => dreams?.close())

  it('begins anew without it, and keeps nothing of what it had read', async () => {
    const user = await dreams.user([
      'The quixotic landlord of the flat in Graça allows cats in the house.', 'Nimbus sleeps on the balcony in the sun.', 'The rent of the flat is nine hundred euros.',
    ])
    let forgets = 0
    dreams.scripted.script = async (dream) => {
      const trace = dream.traces.find((t) => t.content.includes('quixotic'))
      if (!trace) return []
      forgets++
      await dreams.flows.get(ForgetService).forget({ user, selector: { ids: [trace.id] }, dryRun: false, block: true })
      return [{ op: 'create', trace: fact(dream, 'fact', 'The landlord is quixotic', trace.id) }]
    }
    expect(await dreams.dream(user)).toMatchObject({ status: 'completed' })
    expect(forgets).toBe(1)
    expect(await dreams.store.showing('quixotic')).toEqual([])
  })

  it('ends without a word when its user is forgotten', async () => {
    const user = await dreams.user()
    dreams.scripted.script = async () => {
      await dreams.flows.get(ForgetService).forgetUser(user)
      return []
    }
    expect(await dreams.service.consolidateNow({ user, day: DAY, dryRun: false, force: false })).toEqual([])
    for (const table of ['memory_user', 'dream_run', 'dream_plan']) expect(await dreams.store.count(table, `${table === 'memory_user' ? 'id' : 'user_id'} = $1`, [user.id])).toBe(0)
  })
})

describe('a dream that fails', () => {
  let dreams: Dreams
  beforeAll(async () => {
    dreams = await Dreams.open()
  })
  afterAll(() => dreams?.close())

  it.each<[string, (dream: Dream) => readonly Change[]]>([
    ['while it plans', () => {
      throw new RangeError('Nimbus is too heavy')
    }],
    ['in its second part, when the first is applied', (dream) => {
      const { id, salience } = dream.traces[1]!
      return [...much(dream), { op: 'update', trace: id, before: { salience }, after: { salience: 2 } }]
    }],
  ])('%s leaves nothing but its error, which quotes nothing, and succeeds when it is asked for again', async (_, script) => {
    const user = await dreams.user()
    const before = await dreams.dump(user)
    dreams.scripted.script = script
    const failed = await dreams.dream(user)
    expect(failed).toMatchObject({ status: 'failed', phases: [], changes: [] })
    expect(failed.error).toMatch(/^(RangeError|error 23514)$/)
    expect(await dreams.dump(user)).toEqual(before)
    for (const table of ['dream_plan', 'dream_change']) expect(await dreams.store.count(table, 'user_id = $1', [user.id])).toBe(0)
    dreams.scripted.script = much
    expect(await dreams.dream(user)).toMatchObject({ id: failed.id, status: 'completed' })
  })

  it('does not keep the days after it from being dreamt', async () => {
    const user = await dreams.user()
    await dreams.tell(user, ['The harbour was closed because of the storm.', 'We waited for the ferry until noon and read the papers.'], '2025-05-09')
    dreams.scripted.script = (dream) => {
      if (dream.day === DAY) throw new RangeError()
      return []
    }
    const runs = await dreams.service.consolidateNow({ user, dryRun: false, force: false })
    expect(runs.map((run) => [run.day, run.status])).toEqual([[DAY, 'failed'], ['2025-05-09', 'completed']])
  })
})
