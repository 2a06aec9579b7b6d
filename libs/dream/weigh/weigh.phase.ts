import { Injectable } from '@nestjs/common'
import { cosine, type Vector } from '#kernel'
import type { Change } from '../change'
import { type Dream, DreamPhase, type PhasePlan } from '../phase'
import { weigh } from './weigh'
import { type Weight, WeighReader } from './weigh.reader'

interface Read {
  readonly weights: readonly Weight[]
  readonly usual: Vector | undefined
}

/** A difference that is less is none. */
const LEAST = 0.02

/** Weighs the day's traces anew, by how surprising they were and how much is connected to them. What the user or the caller weighed stays. */
@Injectable()
export class WeighPhase extends DreamPhase<Read> {
  readonly name = 'weigh'

  constructor(private readonly reader: WeighReader) {
    super()
  }

  async read({ user, traces, now }: Dream): Promise<Read> {
    return { weights: await this.reader.weights(user, traces.map((t) => t.id)), usual: await this.reader.usual(user, traces.at(-1)!.occurredAt, now) }
  }

  plan({ vectors, planned }: Dream, { weights, usual }: Read): PhasePlan {
    const made = new Map<string, number>()
    for (const { src, dst, type } of planned.edges()) if (type !== 'supersedes') for (const id of [src, dst]) made.set(id, (made.get(id) ?? 0) + 1)
    const distance = (id: string): number | undefined => {
      const vector = vectors.get(id)
      return vector && usual && 1 - cosine(vector, usual)
    }
    const anew = weigh(weights.map(({ id, first, degree }) => ({ first, distance: distance(id), degree: degree + (made.get(id) ?? 0) })))
    const changes = weights.flatMap(({ id, now: was }, i): Change[] => {
      const salience = anew[i]!
      return Math.abs(salience - was) < LEAST ? [] : [{ op: 'update', trace: id, before: { salience: was }, after: { salience } }]
    })
    return { changes, counts: { weighed: weights.length, raised: changes.filter((c) => rises(c)).length, lowered: changes.filter((c) => !rises(c)).length } }
  }
}

function rises(change: Change): boolean {
  return change.op === 'update' && 'trace' in change && change.after.salience! > change.before.salience!
}
