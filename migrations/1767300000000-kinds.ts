import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Finds the few memories that are not episodes: summaries, facts, entities, collections, preferences, patterns and fragments. */
export class Kinds1767300000000 implements MigrationInterface {
  name = 'Kinds1767300000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create index memory_trace_kind on memory_trace (user_id, kind, created_at, id) where kind <> 'episode'`)
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index memory_trace_kind')
  }
}
