import { Injectable } from '@nestjs/common'
import { Settings } from '#config'
import { UserStore } from '#episodic-memory'
import type { User } from '#kernel'
import { needsZone } from './wire/instants'

/** Time zones of users, for dates without a time. */
@Injectable()
export class UserZones {
  constructor(private readonly users: UserStore, private readonly settings: Settings) {}

  /** The user's zone when one of the texts depends on it; any zone reads the others alike, so nobody is asked for those. */
  async for(user: User, texts: readonly (string | undefined)[]): Promise<string> {
    if (!needsZone(texts)) return 'utc'
    return (await this.users.get(user))?.timeZone ?? this.settings.memory.timeZone
  }
}
