import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, Secrets, StartupError } from '#kernel'
import { StoreSetting } from './store-setting'
import { TOMBSTONE } from './tombstones'

/** Tells whether every key that tombstones of this store were made with is at hand. The store keeps the fingerprints of those in use. */
@Injectable()
export class TombstoneKeyCheck {
  /** Ids of the keys in use. */
  private readonly setting: StoreSetting<readonly string[]>

  constructor(private readonly sql: Sql, private readonly secrets: Secrets, private readonly clock: Clock) {
    this.setting = new StoreSetting(sql, 'tombstone_keys')
  }

  /**
   * Compares, and notes the keys at hand.
   * @param accept goes on without a key that is lost
   * @returns how many tombstones keep nothing away any more
   * @throws StartupError when tombstones are there whose key is not at hand
   */
  async open(accept: boolean): Promise<number> {
    const own = this.secrets.ring(TOMBSTONE).map(({ id }) => id)
    const before = await this.setting.read() ?? []
    const missing = before.filter((id) => !own.includes(id))
    const deaf = missing.length === 0 ? 0 : await this.count(missing)
    if (deaf > 0 && !accept) {
      const which = deaf === 1 ? 'A tombstone of this store was' : `${deaf} tombstones of this store were`
      throw new StartupError(
        `${which} made with a key that is not at hand (${missing.join(', ')}): what was forgotten could come back`,
        'Add the former TOMBSTONE_KEY behind the present one, after a comma. If it is lost for good, start once with APP_SECRET_CHANGED=accept: '
        + 'what was forgotten under it is then no longer kept away.',
      )
    }
    const known = deaf > 0 || missing.length > 0 ? own : [...new Set([...before, ...own])]
    if (known.join() !== before.join()) await this.setting.write(known, this.clock.now())
    return deaf
  }

  private async count(keyIds: readonly string[]): Promise<number> {
    const row = await this.sql.one<{ n: number }>('maintenance', 'select count(*)::int as n from memory_tombstone where key_id = any($1::text[])', [keyIds])
    return row!.n
  }
}
