import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Api } from '../support/api'
import type { RecallBody, RememberBody } from '../support/wire'

const RETRY_MS = 50
/** Of so many writes of a lane one is forgotten again; one recall each so many. */
const FORGET_EACH = 7
const RECALL_EACH = 4

/** What became of requests; `unanswered` ones met a process that was killed. All but the acknowledged are asked again until they are. */
export interface Counts {
  remembered: number
  forgotten: number
  recalled: number
  refused: number
  unanswered: number
  degraded: number
}

interface Written {
  readonly user: string
  readonly content: string
}

/** Users who remember, recall and forget through all apis, one request after another each, until they are told to stop. */
export class Load {
  readonly counts: Counts = { remembered: 0, forgotten: 0, recalled: 0, refused: 0, unanswered: 0, degraded: 0 }
  /** What was acknowledged and is to be there, by id. */
  readonly kept = new Map<string, Written>()
  readonly gone = new Map<string, Written>()
  readonly users: readonly string[]
  private stopped = false
  private turn = 0
  private lanes: Promise<void>[] = []

  constructor(private readonly apis: readonly Api[], lanes: number) {
    this.users = Array.from({ length: lanes }, (_, i) => `lane-${i}`)
  }

  start(): void {
    this.lanes = this.users.map((user) => this.lane(user))
  }

  /** Resolves when what was begun is acknowledged. @throws what no lane expects, a wrong answer say */
  async stop(): Promise<void> {
    this.stopped = true
    await Promise.all(this.lanes)
  }

  /** Resolves when so many more requests have been tried, whatever became of them. @throws as `stop` */
  async attempts(more: number): Promise<void> {
    const tried = (): number => Object.values(this.counts).reduce((a, b) => a + b, 0) - this.counts.degraded
    const until = tried() + more
    await Promise.race([Promise.all(this.lanes), (async () => {
      while (tried() < until) await wait(RETRY_MS)
    })()])
  }

  /** Asks one api after the other until one answers with one of these. @throws Error for an answer that no fault explains */
  async insist<T>(ask: (api: Api) => Promise<Answer<T>>, ...fine: readonly number[]): Promise<Answer<T>> {
    for (;;) {
      const api = this.apis[this.turn++ % this.apis.length]!
      const answer = await ask(api).catch(() => undefined)
      if (answer && fine.includes(answer.status)) return answer
      if (!answer) this.counts.unanswered++
      else if (answer.status === 503) this.counts.refused++
      else throw new Error(`an answer that no fault explains: ${answer.status} ${answer.text}`)
      await wait(RETRY_MS)
    }
  }

  private async lane(user: string): Promise<void> {
    for (let i = 1; !this.stopped; i++) {
      const content = `Note ${i} of ${user} is about ${wordOf(user, i)} and ${wordOf(i, user)}`
      const id = await this.remember(user, content)
      this.kept.set(id, { user, content })
      if (i % RECALL_EACH === 0) await this.recall(user, content)
      if (i % FORGET_EACH === 0) await this.forget(user, id)
    }
  }

  /** The key makes one memory of the write, however often it is asked for. */
  private async remember(user: string, content: string): Promise<string> {
    const body = { user_id: user, session_id: 'notes', content, importance: 0.9 }
    const answer = await this.insist((api) => api.post<RememberBody>('/memory', body, { 'Idempotency-Key': wordOf(content, user) }), 201)
    const [result] = answer.body.results
    if (result?.status !== 'stored') throw new Error(`not stored: ${answer.text}`)
    this.counts.remembered++
    if (answer.body.degraded.length > 0) this.counts.degraded++
    return result.id
  }

  private async recall(user: string, query: string): Promise<void> {
    const answer = await this.insist((api) => api.post<RecallBody>('/memory/recall', { user_id: user, q: query, k: 5 }), 200)
    this.counts.recalled++
    if (answer.body.degraded.length > 0) this.counts.degraded++
  }

  private async forget(user: string, id: string): Promise<void> {
    // 404: an attempt whose answer was lost has done it.
    await this.insist((api) => api.post('/memory/forget', { user_id: user, id }), 200, 404)
    this.gone.set(id, this.kept.get(id)!)
    this.kept.delete(id)
    this.counts.forgotten++
  }
}

/** A word that nobody else says. */
function wordOf(...parts: readonly (string | number)[]): string {
  const letters = createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 12)
  return letters.replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)]!)
}
