import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * The distance of signatures for a pgvector before 0.7, which has none. Updating pgvector brings its own operator and needs ours away
 * first: `drop operator <~> (bit, bit)`.
 */
export class Hamming1763800000000 implements MigrationInterface {
  name = 'Hamming1763800000000'

  async up(db: QueryRunner): Promise<void> {
    const [has] = (await db.query(`select to_regoperator('<~>(bit,bit)') is not null as own`)) as { own: boolean }[]
    if (has!.own) return
    // bit_count of bits came with Postgres 14.
    const [{ counts }] = (await db.query(`select to_regprocedure('pg_catalog.bit_count(bit)') is not null as counts`)) as [{ counts: boolean }]
    const body = counts ? 'select bit_count($1 # $2)::float8' : `select length(replace(($1 # $2)::text, '0', ''))::float8`
    await db.query(`create function memory_hamming(bit, bit) returns float8 language sql immutable strict parallel safe as $$ ${body} $$`)
    await db.query('create operator <~> (leftarg = bit, rightarg = bit, function = memory_hamming, commutator = <~>)')
    await db.query('alter function memory_hamming(bit, bit) owner to reverie_maintenance; alter operator <~> (bit, bit) owner to reverie_maintenance')
  }

  async down(db: QueryRunner): Promise<void> {
    const [ours] = (await db.query(`select 1 from pg_proc where proname = 'memory_hamming'`)) as unknown[]
    if (!ours) return
    await db.query('drop operator if exists <~> (bit, bit)')
    await db.query('drop function memory_hamming(bit, bit)')
  }
}
