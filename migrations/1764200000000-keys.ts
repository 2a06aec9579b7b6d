import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Keys that name the user whose memory they open, as callers do, and how each begins. */
export class Keys1764200000000 implements MigrationInterface {
  name = 'Keys1764200000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table api_key add column user_name text, add column hint text not null default ''`)
    await db.query('alter table api_key alter column user_name set statistics 0')
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table api_key drop column user_name, drop column hint')
  }
}
