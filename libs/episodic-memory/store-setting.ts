import type { Sql } from '#database'

/** A row of `setting`: what a store keeps of itself, for no user, as JSON. */
export class StoreSetting<T> {
  constructor(private readonly sql: Sql, private readonly name: string) {}

  /** undefined when it was never written. */
  async read(): Promise<T | undefined> {
    return (await this.sql.one<{ value: T }>('maintenance', 'select value from setting where name = $1', [this.name]))?.value
  }

  /** @param at when it is written */
  async write(value: T, at: Date): Promise<void> {
    await this.sql.run('maintenance', `insert into setting (name, value, updated_at) values ($1, $2, $3)
      on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`, [this.name, JSON.stringify(value), at])
  }
}
