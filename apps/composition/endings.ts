import { Injectable } from '@nestjs/common'
import { Settings } from '#config'
import { DiaryClosing } from '#dream'
import { Expiry, Purge, Replay } from '#forget'
import { ReverieError } from '#kernel'
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

/** Takes the bytes of what was forgotten out of the store. */
@Injectable()
export class Purging implements MaintenanceStep {
  readonly name = 'purge'

  constructor(private readonly purge: Purge) {}

  async run(signal: AbortSignal): Promise<readonly string[]> {
    const { purged, steps } = await this.purge.run(signal)
    const failed = steps.filter(({ error }) => error !== null)
    if (failed.length > 0) throw new ReverieError('unavailable', failed.map(({ name, error }) => `${name}: ${error}`).join('; '))
    return steps.length === 0 ? [] : [...steps.flatMap(({ did }) => did), `purged what ${purged} ${purged === 1 ? 'receipt is' : 'receipts are'} of`]
  }
}

/** Forgets again what came back with a back-up that was restored while the product ran. */
@Injectable()
export class ForgottenSince implements MaintenanceStep {
  readonly name = 'ledger'

  constructor(private readonly replay: Replay) {}

  async run(signal: AbortSignal): Promise<readonly string[]> {
    const done = await this.replay.run(signal)
    return done ? [`the store was older than its ledger: ${done.forgets} forgettings done again, ${done.memories} memories erased`] : []
  }
}
