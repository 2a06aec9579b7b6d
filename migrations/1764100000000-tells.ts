import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Which kinds of answer (a time, a number, a place) a trace tells of, as bits; null for what was stored before: not known. */
export class Tells1764100000000 implements MigrationInterface {
  name = 'Tells1764100000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table memory_trace add column tells smallint')
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table memory_trace drop column tells')
  }
}
