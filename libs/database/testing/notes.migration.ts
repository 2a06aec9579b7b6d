import type { MigrationInterface, QueryRunner } from 'typeorm'

/** A table behind row-level security and one of vectors: what the specs of this lib need. */
export class Notes1700000000000 implements MigrationInterface {
  name = 'Notes1700000000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query('create extension if not exists vector')
    for (const role of ['reverie_app', 'reverie_maintenance']) {
      await db.query(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
      exception when duplicate_object or unique_violation then null; end $$`)
      await db.query(`do $$ begin
        if not pg_has_role(current_user, '${role}', 'member') then execute format('grant ${role} to %I', current_user); end if; end $$`)
    }
    await db.query(`
      create table note (id serial primary key, user_id uuid not null, content text not null unique deferrable initially immediate);
      alter table note enable row level security;
      create policy note_of_user on note to reverie_app using (user_id = nullif(current_setting('app.user_id', true), '')::uuid);
      create policy note_of_all on note to reverie_maintenance using (true);
      grant select, insert, update, delete on note to reverie_app, reverie_maintenance;
      grant usage on sequence note_id_seq to reverie_app, reverie_maintenance;
      create table vectors (id int primary key, vec halfvec(8) not null, bits bit(8) not null);
      grant select, insert on vectors to reverie_app;
      create index on vectors using hnsw (vec halfvec_cosine_ops)`)
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table note; drop table vectors')
  }
}
