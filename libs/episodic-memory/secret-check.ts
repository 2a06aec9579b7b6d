import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, KEY_VERSION, Secrets, StartupError } from '#kernel'

const NAME = 'secret_check'

interface StoredCheck {
  readonly version: number
  /** Base64 of the check's 32 bytes. */
  readonly check: string
}

/**
 * Tells whether the secret at hand is the one that the store was written with, by a keyed hash of a constant: neither the secret nor a
 * key that is used for anything else can be worked out from it.
 */
@Injectable()
export class SecretCheck {
  constructor(private readonly sql: Sql, private readonly secrets: Secrets, private readonly clock: Clock) {}

  /**
   * Compares; a store that has no check yet, or holds nothing, takes the one of this secret.
   * @param cure where the former secret may be found again
   * @param accept takes another secret as the store's own from now on
   * @returns whether the loss of the former secret was accepted at this start
   * @throws StartupError when the store holds memories or tombstones that were written with another secret
   */
  async open(cure: string, accept: boolean): Promise<boolean> {
    const stored = await this.sql.one<{ value: StoredCheck }>('maintenance', 'select value from setting where name = $1', [NAME])
    const own = this.secrets.hash('secret check', 'reverie').toString('base64')
    if (stored?.value.check === own) return false
    const lost = stored !== undefined && await this.holdsData()
    if (lost && !accept) {
      throw new StartupError(
        'The secret of this store is not the one that it was written with: what was forgotten could come back',
        `${cure} If it is lost for good, start once with APP_SECRET_CHANGED=accept: `
        + 'memories stay, but texts that were forgotten before are no longer kept away, and previews that are open are void.',
      )
    }
    const value: StoredCheck = { version: KEY_VERSION, check: own }
    await this.sql.run('maintenance', `insert into setting (name, value, updated_at) values ($1, $2, $3)
      on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`, [NAME, JSON.stringify(value), this.clock.now()])
    return lost
  }

  private async holdsData(): Promise<boolean> {
    const row = await this.sql.one<{ any: boolean }>('maintenance',
      'select exists (select from memory_trace) or exists (select from memory_tombstone) as any')
    return row!.any
  }
}
