import type { MigrationInterface, QueryRunner } from 'typeorm'

const USER = `nullif(current_setting('app.user_id', true), '')::uuid`

/** Dreams in phases: what they plan before they change anything, and what taking them back needs. */
export class Dreams1763900000000 implements MigrationInterface {
  name = 'Dreams1763900000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- what a run will change when all of its phases are done; it may hold content, and is gone when the run ends
      create table dream_plan (
        user_id uuid not null, run_id uuid not null, seq integer not null, phase text not null, change jsonb not null,
        primary key (user_id, run_id, seq)
      );
      alter table dream_plan alter column change set statistics 0;
      alter table dream_plan enable row level security;
      create policy own_rows on dream_plan using (user_id = ${USER}) with check (user_id = ${USER});
      grant select, insert, update, delete on dream_plan to reverie_app;
      alter table dream_plan owner to reverie_maintenance;

      alter table dream_run
        -- the present of the run, for whoever goes on with it
        add column started_at timestamptz,
        -- the how-manieth of the user's dreams it is, in the order in which they ended
        add column turn integer,
        -- changes whose subject was forgotten since
        add column forgotten integer not null default 0;
      create index dream_run_turn on dream_run (user_id, turn) where turn is not null;

      alter table memory_trace
        -- when it left recall for being trivial
        add column pruned_at timestamptz,
        -- salience as it was first, when a dream has weighed it anew
        add column first_salience double precision;`)
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table memory_trace drop column pruned_at, drop column first_salience;
      alter table dream_run drop column started_at, drop column turn, drop column forgotten;
      drop table dream_plan;`)
  }
}
