import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, KEY_VERSION, Secrets, StartupError } from '#kernel'
import { StoreSetting } from './store-setting'

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
  private readonly setting: StoreSetting<StoredCheck>

  constructor(private readonly sql: Sql, private readonly secrets: Secrets, private readonly clock: Clock) {
    this.setting = new StoreSetting(sql, 'secret_check')
  }

  /**
   * Compares; a store that has no check yet, or holds nothing, takes the one of this secret.
   * @param cure where the former secret may be found again
   * @param accept takes another secret as the store's own from now on
   * @returns whether the loss of the former secret was accepted at this start
   * @throws StartupError when the store holds memories or tombstones that were written with another secret
   */
  async open(cure: string, accept: boolean): Promise<boolean> {
    const stored = await this.setting.read()
    const own = this.secrets.hash('secret check', 'reverie').toString('base64')
    if (stored?.check === own) return false
    const lost = stored !== undefined && await this.holdsData()
    if (lost && !accept) {
      throw new StartupError(
        'The secret of this store is not the one that it was written with: what was forgotten could come back',
        `${cure} If it is lost for good, start once with APP_SECRET_CHANGED=accept: `
        + 'memories stay, but texts that were forgotten before are no longer kept away, and previews that are open are void.',
      )
    }
    await this.setting.write({ version: KEY_VERSION, check: own }, this.clock.now())
    return lost
  }

  private async holdsData(): Promise<boolean> {
    const row = await this.sql.one<{ any: boolean }>('maintenance',
      'select exists (select from memory_trace) or exists (select from memory_tombstone) as any')
    return row!.any
  }
}
