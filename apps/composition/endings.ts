import { Injectable } from '@nestjs/common'
import { Settings } from '#config'
import { DiaryClosing } from '#dream'
import { Expiry } from '#forget'
import type { MaintenanceStep } from '#maintenance'

/** Erases tasks that expired before the undo window. */
@Injectable()
export class ExpiredTasks implements MaintenanceStep {
  readonly name = 'expired'

  constructor(private readonly expiry: Expiry, private readonly settings: Settings) {}

  async run(signal: AbortSignal): Promise<readonly string[]> {
    const erased = await this.expiry.erase(this.settings.memory.undoDays, signal)
    return erased === 0 ? [] : [`erased ${erased} expired ${erased === 1 ? 'task' : 'tasks'}`]
  }
}

/** Closes the diaries of dreams that cannot be taken back any more. */
@Injectable()
export class OldDiaries implements MaintenanceStep {
  readonly name = 'diaries'

  constructor(private readonly diary: DiaryClosing) {}

  async run(signal: AbortSignal): Promise<readonly string[]> {
    const closed = await this.diary.close(signal)
    return closed === 0 ? [] : [`closed the ${closed === 1 ? 'diary of a dream' : `diaries of ${closed} dreams`}`]
  }
}
