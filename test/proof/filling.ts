import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Api } from '../support/api'
import type { ErrorBody, ForgetBody, ListBody, RememberBody } from '../support/wire'

const USER = 'ana'
const SECRET_OF_BEES = 'Marta keeps bees in Sintra'
/** Words of one memory, all of them new: with their index they take about a MiB of disk. */
const WORDS = 6_000
/** Requests in a row that are refused, before and after which something else is to be tried. */
const REFUSALS = 3
const PAUSE_MS = 250
const TRIES = 240

/** Fills a store until it refuses, and keeps account of what it acknowledged. */
export class Filling {
  readonly findings: string[] = []
  /** Contents by id. */
  private readonly acknowledged = new Map<string, string>()
  private readonly refused = new Set<string>()
  private sequence = 0
  private slowest = { what: '', ms: 0 }

  constructor(private readonly api: Api, private readonly say: (line: string) => void) {}

  /** Remembers until that is refused several times in a row. */
  async untilRefused(): Promise<void> {
    if (this.acknowledged.size === 0) await this.remember(SECRET_OF_BEES)
    for (let refusals = 0; refusals < REFUSALS; ) {
      const refusal = await this.remember(this.long())
      refusals = refusal === undefined ? 0 : refusals + 1
      if (refusals === 1) this.say(`after ${this.acknowledged.size} memories: ${refusal}`)
    }
  }

  /** Remembers until that is acknowledged. */
  async untilTaken(): Promise<void> {
    const began = performance.now()
    for (let i = 0; i < TRIES; i++) {
      if (await this.remember(`A short one, number ${++this.sequence}`) === undefined) {
        this.say(`remembers again after ${((performance.now() - began) / 1000).toFixed(1)} s`)
        return
      }
      await wait(PAUSE_MS)
    }
    this.findings.push('it does not go on when there is room')
  }

  /** Reads in every way; either all goes well, or the refusal says why. */
  async lookAround(when: string): Promise<void> {
    const asked: Record<string, Promise<Answer<ErrorBody>>> = {
      recall: this.timed('recall', () => this.api.post('/memory/recall', { user_id: USER, query: 'Who keeps bees?', k: 3 })),
      list: this.timed('list', () => this.api.get('/memory', { user_id: USER })),
      ready: this.timed('ready', () => this.api.get('/health/ready')),
      health: this.timed('health', () => this.api.get('/health')),
    }
    for (const [what, asking] of Object.entries(asked)) {
      const answer = await asking
      if (what === 'recall' && answer.status === 200 && !answer.text.includes(SECRET_OF_BEES)) this.findings.push('recall does not find')
      this.say(`${when}: ${what} ${answer.status}${answer.status === 200 ? '' : ` ${this.judged(answer)}`}`)
    }
  }

  /** Forgets a long one: done wholly, or refused. */
  async forgetOne(): Promise<void> {
    const id = [...this.acknowledged.keys()][1]!
    const answer = await this.timed('forget', () => this.api.post<ForgetBody & ErrorBody>('/memory/forget', { user_id: USER, id }))
    if (answer.status === 200) this.acknowledged.delete(id)
    this.say(`forget ${answer.status}${answer.status === 200 ? '' : ` ${this.judged(answer)}`}`)
  }

  /** Compares what is there with what was answered. */
  async settleUp(): Promise<void> {
    const there = new Map<string, string>()
    let cursor: string | null | undefined
    do {
      const { body } = await this.api.get<ListBody>('/memory', { user_id: USER, limit: 200, cursor: cursor ?? undefined })
      for (const { id, content } of body.results) there.set(id, content)
      cursor = body.next_cursor
    } while (cursor)
    const lost = [...this.acknowledged].filter(([id, content]) => there.get(id) !== content)
    const uncalled = [...there.keys()].filter((id) => !this.acknowledged.has(id))
    this.say(`${this.acknowledged.size} acknowledged, lost = ${lost.length}; ${this.refused.size} refused, of which there = ${uncalled.length}`)
    this.say(`the slowest answer: ${this.slowest.what} after ${(this.slowest.ms / 1000).toFixed(1)} s`)
    if (lost.length > 0) this.findings.push(`lost: ${lost.length}`)
    if (uncalled.length > 0) this.findings.push(`there though refused: ${uncalled.length}`)
  }

  /** @returns what was answered instead of an acknowledgement */
  private async remember(content: string): Promise<string | undefined> {
    const answer = await this.timed('remember', () => this.api.post<RememberBody & ErrorBody>('/memory', { user_id: USER, content, importance: 1, wait: false }))
    if (answer.status === 201) {
      this.acknowledged.set(answer.body.results[0]!.id, content)
      return undefined
    }
    this.refused.add(content)
    return this.judged(answer)
  }

  private judged({ status, text, body }: Answer<ErrorBody>): string {
    const message = body.error?.message ?? text
    if (status !== 503 || !/the disk of the database is full|the database is down|the database cannot be reached|jobs/.test(message)) this.findings.push(`${status} ${message}`)
    return `${status} ${message}`
  }

  private async timed<T extends { readonly status: number }>(what: string, ask: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const answer = await ask()
    const ms = performance.now() - began
    if (ms > this.slowest.ms) this.slowest = { what: `${what} ${answer.status}`, ms }
    return answer
  }

  private long(): string {
    return [`note ${++this.sequence}`, ...Array.from({ length: WORDS }, () => Math.random().toString(36).slice(2, 9))].join(' ')
  }
}
