import { Injectable } from '@nestjs/common'
import { type Dream, DreamPhase, type PhasePlan } from '../phase'

/** Goes through the day again, in its episodes. */
@Injectable()
export class ReplayPhase extends DreamPhase<void> {
  readonly name = 'replay'

  async read(): Promise<void> {}

  plan({ traces, episodes }: Dream): PhasePlan {
    return { changes: [], counts: { traces: traces.length, episodes: episodes.length } }
  }
}
