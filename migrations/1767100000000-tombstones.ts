import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Which key a tombstone was written with, and what was derived from the forgotten, however it is worded. null: written before these were known. */
export class Tombstones1767100000000 implements MigrationInterface {
  name = 'Tombstones1767100000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table memory_tombstone add column key_id text, add column knowledge_key bytea, add column holds text[]')
    await db.query('create index memory_tombstone_knowledge on memory_tombstone (user_id, knowledge_key) where knowledge_key is not null')
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table memory_tombstone drop column key_id, drop column knowledge_key, drop column holds')
  }
}
