import { type ConsolidateInput, type DreamDiary, type DreamPhase, DreamService, PLANNING } from '#dream'
import { Sql } from '#database'
import { type User, userOf } from '#kernel'
import { RememberService } from '#remember'
import { type Flows, openFlows } from './flows'
import { ScriptedPhase } from './scripted-phase'
import { Store } from './store'

export const DAY = '2025-05-08'
export const TALK = [
  'I adopted a grey cat called Nimbus from the shelter in Alfama this morning.',
  'The shelter said that Nimbus is two years old. Nimbus hates thunder.',
  'My sister Marta will look after Nimbus while I am in Porto in June.',
  'For lunch we had grilled sardines near the river. The bill was twelve euros.',
  'I signed the contract for the new flat in Graça today, the rent is nine hundred euros.',
  'The landlord of the flat in Graça allows cats, so Nimbus can move in with me.',
]

const WRITES = /\b(insert into|update|delete from)\b/

/** What a process that was killed meets, as it were, at whatever it does next. */
class Dead extends Error {}

/** Dreams over one store, without a queue or HTTP. */
export class Dreams {
  readonly scripted: ScriptedPhase
  readonly store: Store
  readonly service: DreamService
  private people = 0

  private constructor(readonly flows: Flows, scripted: boolean | 'alone') {
    const phases: DreamPhase[] = flows.get(PLANNING)
    if (scripted === 'alone') phases.splice(0)
    this.scripted = ScriptedPhase.in(scripted ? phases : [])
    this.store = new Store(flows.sql)
    this.service = flows.get(DreamService)
  }

  /** @param scripted whether the last phase does what a test says; `alone`: and is the only one */
  static async open({ scripted = true }: { scripted?: boolean | 'alone' } = {}): Promise<Dreams> {
    return new Dreams(await openFlows('2025-05-10T12:00:00Z'), scripted)
  }

  close(): Promise<void> {
    return this.flows.close()
  }

  /** Somebody new, who has said something on the day. */
  async user(talk: readonly string[] = TALK): Promise<User> {
    const user = userOf(`dreamer-${++this.people}`)
    await this.tell(user, talk)
    return user
  }

  async tell(user: User, talk: readonly string[], day = DAY, more: Record<string, unknown> = {}, from = '09:00'): Promise<string[]> {
    const { results } = await this.flows.get(RememberService).remember({
      user, sessionId: day, messages: talk.map((content, i) => ({ content, occurredAt: new Date(Date.parse(`${day}T${from}:00Z`) + i * 60_000), ...more })),
    })
    return results.map((result) => result.id!)
  }

  async dream(user: User, more: Partial<ConsolidateInput> = {}): Promise<DreamDiary> {
    return (await this.service.consolidateNow({ user, day: DAY, dryRun: false, force: false, ...more }))[0]!
  }

  dump(user: User, places = false): Promise<Record<string, unknown[]>> {
    return this.store.dump(user.id, { places })
  }

  /**
   * Does `work` in a process, as it were, that is killed when the `nth` transaction of it that writes has committed: to the store that is the same
   * as to be killed anywhere in the next. Answers whether it came so far.
   */
  async killed(nth: number, work: () => Promise<unknown>): Promise<boolean> {
    const sql = this.flows.get(Sql) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    let dead = false
    let commits = 0
    const alive = (): void => {
      if (dead) throw new Dead()
    }
    const committed = (): void => {
      if (++commits < nth) return
      dead = true
      throw new Dead()
    }
    for (const name of ['many', 'manyKept', 'one', 'run'] as const) {
      const method = sql[name]!.bind(sql)
      sql[name] = async (...args) => {
        alive()
        const alone = !this.flows.sql.inTransaction
        const answer = await method(...args)
        if (alone && WRITES.test(args[1] as string)) committed()
        return answer
      }
    }
    const transaction = sql.transaction!.bind(sql)
    sql.transaction = async (scope, body) => {
      alive()
      const joins = this.flows.sql.inTransaction
      const answer = await transaction(scope, body)
      if (!joins) committed()
      return answer
    }
    try {
      await work().catch((error: unknown) => {
        if (!(error instanceof Dead)) throw error
      })
    } finally {
      for (const name of ['many', 'manyKept', 'one', 'run', 'transaction']) delete sql[name]
    }
    if (dead) await this.store.run(`update dream_run set lease_until = now() - interval '1 second' where status = 'running'`)
    return dead
  }
}
