import type { Retention, Trace } from '#episodic-memory'
import { TraceReader } from '#episodic-memory'
import type { User } from '#kernel'
import { RecallService } from '#recall'
import { CorrectService, RememberService } from '#remember'
import { DAY, Dreams, TALK } from './support/dreams'

describe('the phases of a dream', () => {
  let dreams: Dreams
  beforeAll(async () => {
    dreams = await Dreams.open({ scripted: false })
  })
  beforeEach(() => dreams.flows.clock.set(new Date('2025-05-10T12:00:00Z')))
  afterAll(() => dreams?.close())

  const traces = async (user: User, ...kinds: Trace['kind'][]): Promise<readonly Trace[]> =>
    (await dreams.flows.get(TraceReader).list(user, { kind: kinds }, { limit: 100 })).traces

  describe('abstract', () => {
    it('sums up each of several episodes, and the day', async () => {
      const user = await dreams.user()
      await dreams.tell(user, ['The choir sang Bach in the old church tonight.', 'The organ in the church was out of tune.', 'Our choir sings again in the church at Easter.',
        'The soprano of the choir had a cold.', 'We drank wine with the choir after the concert.', 'The conductor of the choir moves to Vienna.'], DAY, {}, '20:00')
      await dreams.dream(user)
      const summaries = new Map((await traces(user, 'summary')).map(({ content, metadata: { scope, from, until } }) => [JSON.stringify([scope, from, until]), content]))
      const of = (scope: string, from: string, until: string): string => JSON.stringify([scope, `${DAY}T${from}:00.000Z`, `${DAY}T${until}:00.000Z`])
      const [all, morningOnly, eveningOnly] = [of('day', '09:00', '20:05'), of('episode', '09:00', '09:05'), of('episode', '20:00', '20:05')]
      expect([...summaries.keys()].sort()).toEqual([all, morningOnly, eveningOnly].sort())
      const [morning, evening] = [summaries.get(morningOnly), summaries.get(eveningOnly)]
      for (const line of morning!.split('\n')) expect(TALK.some((text) => text.includes(line))).toBe(true)
      expect(evening).toMatch(/choir/)
    })

    it('has nothing to add to the day when that was one episode', async () => {
      const user = await dreams.user()
      await dreams.dream(user)
      expect((await traces(user, 'summary')).map((s) => s.metadata.scope)).toEqual(['day'])
    })
  })

  describe('weigh', () => {
    const salience = async (user: User): Promise<Map<string, number>> => new Map((await traces(user, 'episode')).map((t) => [t.id, t.salience]))

    it('raises what is surprising or much connected and lowers what is neither, by a little, and undoing restores what was', async () => {
      const user = await dreams.user()
      const before = await salience(user)
      const run = await dreams.dream(user)
      const after = await salience(user)
      const moved = [...before].filter(([id, was]) => after.get(id) !== was)
      expect(moved.length).toBeGreaterThan(0)
      for (const [id, was] of moved) expect(Math.abs(after.get(id)! - was)).toBeLessThanOrEqual(0.2)
      const { counts } = run.phases.find((phase) => phase.name === 'weigh')!
      expect(counts).toEqual({ weighed: TALK.length, raised: moved.filter(([id, was]) => after.get(id)! > was).length, lowered: moved.filter(([id, was]) => after.get(id)! < was).length })
      for (const [id, was] of moved) expect(await dreams.store.count('memory_trace', 'id = $1 and first_salience = $2', [id, was])).toBe(1)
      await dreams.service.undo(user, run.id)
      expect(await salience(user)).toEqual(before)
      expect(await dreams.store.count('memory_trace', 'user_id = $1 and first_salience is not null', [user.id])).toBe(0)
    })

    it('leaves what somebody weighed, when it was told or later', async () => {
      const user = await dreams.user()
      const [told] = await dreams.tell(user, ['A comet fell into the garden of the embassy.'], DAY, { importance: 0.51 })
      const [later] = await dreams.tell(user, ['An owl with three eyes sat on the antenna.'])
      await dreams.flows.get(CorrectService).correct(user, later!, { importance: 0.61 })
      await dreams.dream(user)
      const after = await salience(user)
      expect([after.get(told!), after.get(later!)]).toEqual([0.51, 0.61])
    })

    it('weighs from what it was first, so that dreaming of a day again does not add up', async () => {
      const user = await dreams.user()
      await dreams.dream(user)
      await dreams.tell(user, ['Ok, good night and sleep well.'], DAY, { importance: 0.4 })
      await dreams.dream(user)
      const first = await dreams.flows.sql.many<{ moved: number }>({ userId: user.id },
        'select abs(salience - first_salience) as moved from memory_trace where user_id = $1 and first_salience is not null', [user.id])
      for (const { moved } of first) expect(moved).toBeLessThanOrEqual(0.2)
    })
  })

  describe('prune', () => {
    const remember = async (user: User, retention: Retention, content = 'buy some milk'): Promise<string> =>
      (await dreams.flows.get(RememberService).remember({ user, retention, messages: [{ content, importance: 0.45 }] })).results[0]!.id!
    const recalled = async (user: User): Promise<string[]> => (await dreams.flows.get(RecallService).recall({
      user, query: 'milk', k: 20, filter: {}, threshold: 0, hops: 1, explain: false, includeSuperseded: false, reinforce: false,
    })).results.map((result) => result.id)

    it('lets a task that says little and that nobody recalled leave recall, and nothing else; it can still be read, and undoing brings it back', async () => {
      const user = await dreams.user()
      const task = await remember(user, 'task')
      const [personal, project] = [await remember(user, 'personal', 'buy some milk today'), await remember(user, 'project', 'buy some more milk')]
      dreams.flows.clock.advance(4 * 86_400_000)
      const fresh = await remember(user, 'task', 'buy milk tomorrow')
      const before = await dreams.dump(user, true)
      const run = await dreams.dream(user)
      expect(run.phases.find((phase) => phase.name === 'prune')!.counts).toEqual({ looked_at: 2, pruned: 1 })
      expect(await recalled(user)).toEqual(expect.arrayContaining([personal, project, fresh]))
      expect(await recalled(user)).not.toContain(task)
      expect(await dreams.flows.get(TraceReader).get(user, task)).toMatchObject({ prunedAt: dreams.flows.clock.now() })
      await dreams.service.undo(user, run.id)
      expect(await recalled(user)).toContain(task)
      expect(await dreams.dump(user, true)).toEqual(before)
    })

    it('brings back what becomes more than a task', async () => {
      const user = await dreams.user()
      const task = await remember(user, 'task')
      dreams.flows.clock.advance(4 * 86_400_000)
      await dreams.dream(user)
      expect(await recalled(user)).not.toContain(task)
      await dreams.flows.get(CorrectService).correct(user, task, { retention: 'personal' })
      expect(await recalled(user)).toContain(task)
    })
  })
})
