import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Whether somebody said how much a trace matters: then no dream weighs it anew. */
export class Weighing1764000000000 implements MigrationInterface {
  name = 'Weighing1764000000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table memory_trace add column salience_given boolean not null default false')
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table memory_trace drop column salience_given')
  }
}
