import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { ReverieError, Secrets } from '#kernel'
import type { RememberAnswer, RememberInput } from './remember.types'

/** Answers kept under the caller's Idempotency-Key: a request sent twice is carried out once. */
@Injectable()
export class Requests {
  constructor(private readonly sql: Sql, private readonly secrets: Secrets) {}

  /**
   * What this very request was answered before; undefined when it is new or has no key.
   * @throws ReverieError conflict when the key was used for another request
   */
  async answered(input: RememberInput): Promise<RememberAnswer | undefined> {
    if (input.idempotencyKey === undefined) return undefined
    const row = await this.sql.one<{ request: Buffer; answer: RememberAnswer }>({ userId: input.user.id },
      'select request, answer from idempotency where user_id = $1 and key = $2', [input.user.id, input.idempotencyKey])
    if (row && !row.request.equals(this.hashOf(input))) {
      throw new ReverieError('conflict', 'Idempotency-Key: was used for another request', { field: 'Idempotency-Key' })
    }
    return row?.answer
  }

  /** Call inside the transaction of the write. */
  async keep(input: RememberInput, answer: RememberAnswer, at: Date): Promise<void> {
    if (input.idempotencyKey === undefined) return
    await this.sql.run({ userId: input.user.id }, 'insert into idempotency (user_id, key, request, answer, at) values ($1, $2, $3, $4, $5)',
      [input.user.id, input.idempotencyKey, this.hashOf(input), JSON.stringify(answer), at])
  }

  /** Two requests with one key must be equal in everything that they say. Keyed: the hash of what was refused as forgotten stays, and must not tell it to who guesses. */
  private hashOf({ user: _, idempotencyKey: __, ...said }: RememberInput): Buffer {
    return this.secrets.hash('request', JSON.stringify(said))
  }
}
