import { type Sql } from '#database'
import { entities, tellsOf } from '#language'

/** Memories that are read and written at a time: some milliseconds, in which their users wait with what they write. */
const PAGE = 500
const NIL = '00000000-0000-0000-0000-000000000000'

interface Untold {
  readonly user: string
  readonly id: string
  readonly content: string
  /** Found by words; names of entities and collections are not. */
  readonly findable: boolean
}

/** Notes which kinds of answer memories tell of that were stored by a release that did not note it: they are found without, but not preferred. */
export class ToldKinds {
  constructor(private readonly sql: Sql) {}

  /**
   * Goes over all memories in the order of their keys, page by page, each a transaction of its own; answers how many were noted.
   * @param signal aborted: stops after the page
   */
  async note(signal: AbortSignal): Promise<number> {
    let noted = 0
    for (let last: Untold | undefined = { user: NIL, id: NIL, content: '', findable: false }; last && !signal.aborted;) {
      const page: readonly Untold[] = await this.sql.many<Untold>('maintenance', `select user_id as user, id, content, place is not null as findable from memory_trace
        where tells is null and (user_id, id) > ($1::uuid, $2::uuid) order by user_id, id limit $3`, [last.user, last.id, PAGE])
      if (page.length > 0) await this.write(page)
      noted += page.length
      last = page.at(-1)
    }
    return noted
  }

  /** Users are locked before any row of theirs, as every write does. What was rewritten or forgotten meanwhile is left alone. */
  private async write(page: readonly Untold[]): Promise<void> {
    const told = page.map(({ content, findable }) => (findable ? tellsOf(content, entities(content)) : 0))
    await this.sql.run('maintenance', `with told as materialized (select * from unnest($1::uuid[], $2::uuid[], $3::smallint[]) as u(user_id, id, tells)),
      locked as materialized (select id from memory_user where id in (select user_id from told) order by id for update)
      update memory_trace t set tells = told.tells from told join locked l on l.id = told.user_id
      where t.user_id = told.user_id and t.id = told.id and t.tells is null`, [page.map((p) => p.user), page.map((p) => p.id), told])
  }
}
