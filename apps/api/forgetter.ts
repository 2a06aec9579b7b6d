import { Injectable } from '@nestjs/common'
import { type ForgetInput, ForgetService } from '#forget'
import type { User } from '#kernel'
import { callers } from './http/caller'
import { Metrics } from './http/metrics'
import type { ForgetAnswerDto, ForgetPreviewDto } from './wire/answers'
import type { DeleteQueryDto } from './wire/forget.dto'
import { presentForgotten } from './wire/presenters'

/** Answers every way to forget alike: a preview is bound to the caller's key, what goes is counted. */
@Injectable()
export class Forgetter {
  constructor(private readonly service: ForgetService, private readonly metrics: Metrics) {}

  async forget(input: Omit<ForgetInput, 'keyId'>): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    const answer = await this.service.forget({ ...input, keyId: callers.getStore()?.keyId })
    if (!answer.dryRun) this.metrics.forgotten(answer.forgotten.traces)
    return presentForgotten(answer)
  }

  /** What `DELETE` asks for. */
  forgetOne(user: User, id: string, { dry_run: dryRun = false, reason, block }: DeleteQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    return this.forget({ user, selector: { ids: [id] }, dryRun, reason, block })
  }
}
