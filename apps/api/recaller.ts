import { Injectable } from '@nestjs/common'
import { PinoLogger } from 'nestjs-pino'
import { Settings } from '#config'
import { Clock } from '#kernel'
import { RecallLog, RecallService } from '#recall'
import { FocusBuffer } from '#working-memory'
import { textsIn } from './fence'
import { Metrics } from './http/metrics'
import { UserZones } from './user-zones'
import { userFrom } from './wire/aliases'
import type { RecallAnswerDto } from './wire/answers'
import { presentRecalled } from './wire/presenters'
import { type RecallDto, toRecallInput } from './wire/recall.dto'

/** Answers every spelling of recall alike. */
@Injectable()
export class Recaller {
  constructor(
    private readonly service: RecallService,
    private readonly log: RecallLog,
    private readonly focus: FocusBuffer,
    private readonly zones: UserZones,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly logger: PinoLogger,
  ) {}

  /** @param reinforce what holds when the request does not say */
  async recall(asked: RecallDto & { n_results?: number }, query: { user_id?: string }, reinforce: boolean): Promise<RecallAnswerDto> {
    const user = userFrom(query, asked)
    const zone = await this.zones.for(user, [asked.as_of, asked.reference_date, ...(asked.filters === undefined ? [] : textsIn(asked.filters))])
    const input = toRecallInput(asked, user, { k: this.settings.memory.k, reinforce, zone, now: this.clock.now() })
    const { result, failed } = await this.focus.tolerating(() => this.service.recall(input))
    const answer = failed ? { ...result, degraded: [...result.degraded, 'focus'] } : result
    this.metrics.recalled(answer.results.length, answer.degraded.length > 0)
    this.log.note(user, { query: this.settings.logging.recallText ? input.query : null, results: answer.results.length, ms: answer.tookMs, tiers: counted(answer.results) })
    if (this.settings.logging.recallText) this.logger.info({ q: input.query, k: input.k, results: answer.results.length }, 'recall')
    return presentRecalled(answer)
  }
}

/** How many came of each tier. */
function counted(results: readonly { readonly tier: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { tier } of results) counts[tier] = (counts[tier] ?? 0) + 1
  return counts
}
