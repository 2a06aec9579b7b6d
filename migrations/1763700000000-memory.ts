import type { MigrationInterface, QueryRunner } from 'typeorm'

const USER = `nullif(current_setting('app.user_id', true), '')::uuid`

/** Tables whose rows belong to one user; each has user_id and is walled off by row-level security. */
const USER_TABLES = [
  'memory_session', 'memory_trace', 'memory_activation', 'memory_embedding', 'memory_signature', 'memory_embedding_pending', 'memory_term', 'memory_tag',
  'memory_path', 'memory_edge', 'memory_tombstone', 'dream_run', 'dream_change', 'receipt', 'idempotency', 'recall_log',
]
const REFERENCE_TABLES = ['memory_user', 'setting', 'api_key']

/** Columns that hold what users said: the planner keeps no sample of them, or a forgotten value would stay in pg_statistic. */
const NO_STATISTICS: readonly (readonly [string, string])[] = [
  ['memory_user', 'external_id'], ['memory_session', 'external_id'], ['memory_session', 'summary'], ['memory_session', 'topics'],
  ['memory_session', 'project'], ['memory_trace', 'content'], ['memory_trace', 'speaker'], ['memory_trace', 'meta'], ['memory_trace', 'source'],
  ['memory_trace', 'tags'], ['memory_trace', 'category'], ['memory_trace', 'project'], ['memory_trace', 'agent_id'], ['memory_trace', 'triple'],
  ['memory_trace', 'content_key'], ['memory_term', 'term'], ['memory_tag', 'tag'], ['memory_path', 'value'], ['memory_path', 'path'],
  ['memory_edge', 'meta'], ['recall_log', 'query'], ['dream_change', 'before'], ['dream_change', 'after'], ['idempotency', 'answer'],
  ['memory_signature', 'semantic'], ['memory_signature', 'entity'], ['memory_signature', 'situation'],
]

/**
 * The whole store. Every key and index begins with user_id: recall for one user touches one user's rows, and the tables can be
 * distributed by it. Two roles: reverie_app owns nothing and sees one user's rows; reverie_maintenance owns the tables.
 */
export class Memory1763700000000 implements MigrationInterface {
  name = 'Memory1763700000000'

  async up(db: QueryRunner): Promise<void> {
    await db.query('create extension if not exists vector')
    const halfvec = await db.query(`select 1 from pg_type where typname = 'halfvec'`)
    const vec = halfvec.length > 0 ? 'halfvec' : 'vector'
    for (const role of ['reverie_app', 'reverie_maintenance']) {
      // Roles belong to the whole server: another database of it may have made them, even at this moment.
      await db.query(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
      exception when duplicate_object or unique_violation then null; end $$`)
      // Already a member (or a superuser): an unprivileged owner of the database may not grant what an administrator granted it.
      await db.query(`do $$ begin
        if not pg_has_role(current_user, '${role}', 'member') then execute format('grant ${role} to %I', current_user); end if; end $$`)
    }
    await db.query(`do $$ begin execute format('grant create, usage on schema %I to reverie_maintenance', current_schema()); end $$`)
    await db.query(`do $$ begin execute format('grant usage on schema %I to reverie_app', current_schema()); end $$`)

    await db.query(`
      create table memory_user (
        id uuid primary key,
        external_id text not null unique,
        time_zone text,
        -- next free place on the user's line of traces; a session takes a block, so that neighbours are adjacent numbers
        next_place bigint not null default 0,
        traces integer not null default 0,
        -- the night up to which this user's dreams were planned
        dreamt_at timestamptz,
        created_at timestamptz not null
      );
      create table memory_session (
        user_id uuid not null, id uuid not null, external_id text not null, project text,
        started_at timestamptz not null, ended_at timestamptz not null, message_count integer not null default 0,
        -- when the last turn happened: a day's pause ends the neighbourhood
        last_at timestamptz not null, next_place bigint not null, block_end bigint not null,
        topics text[] not null default '{}', importance double precision, summary text,
        primary key (user_id, id)
      );
      create index memory_session_started on memory_session (user_id, started_at desc, id);
      create table memory_trace (
        user_id uuid not null, id uuid not null, kind text not null, role text not null, speaker text,
        -- where it stands on the user's line; null for what has no neighbours and no words (entities, collections)
        place bigint, words integer not null default 0,
        content text not null, retention text not null, session_id uuid, project text, agent_id text,
        salience double precision not null, confidence double precision not null, category text, tags text[] not null default '{}',
        source jsonb, meta jsonb not null default '{}', triple jsonb,
        occurred_at timestamptz not null, dated boolean not null default false, created_at timestamptz not null,
        valid_from timestamptz not null, valid_until timestamptz, superseded_by uuid, expires_at timestamptz,
        content_key bytea not null,
        primary key (user_id, id),
        check (retention in ('personal', 'project', 'task')),
        check (kind in ('episode', 'summary', 'fact', 'entity', 'preference', 'pattern', 'collection', 'procedure')),
        check (salience between 0 and 1), check (confidence between 0 and 1)
      );
      create unique index memory_trace_place on memory_trace (user_id, place);
      create index memory_trace_occurred on memory_trace (user_id, occurred_at desc, id);
      create index memory_trace_created on memory_trace (user_id, created_at desc, id);
      create index memory_trace_salience on memory_trace (user_id, salience);
      create index memory_trace_session on memory_trace (user_id, session_id, place);
      create index memory_trace_content on memory_trace (user_id, content_key);
      create index memory_trace_expires on memory_trace (user_id, expires_at) where expires_at is not null;
      create index memory_trace_superseded on memory_trace (user_id, superseded_by) where superseded_by is not null;
      create index memory_trace_meta on memory_trace using gin (meta jsonb_path_ops);
      create table memory_activation (
        user_id uuid not null, trace_id uuid not null, access_count integer not null default 0, last_accessed_at timestamptz,
        stability double precision not null default 1,
        primary key (user_id, trace_id)
      );
      create table memory_embedding (
        user_id uuid not null, trace_id uuid not null, head text not null, chunk smallint not null default 0,
        vec ${vec}(768) not null, model text not null,
        occurred_at timestamptz not null, created_at timestamptz not null,
        primary key (user_id, trace_id, head, chunk, occurred_at),
        check (head in ('semantic', 'entity', 'situation'))
      ) partition by range (occurred_at);
      -- The far ends are partitions of their own: a default partition that holds rows would block making their month.
      create table memory_embedding_ancient partition of memory_embedding for values from (minvalue) to ('1970-01-01 00:00+00');
      create table memory_embedding_future partition of memory_embedding for values from ('2100-01-01 00:00+00') to (maxvalue);
      -- Signs of the vectors, those of all heads side by side and not by month: one scan of the covering index finds the nearest by any of them.
      create table memory_signature (
        user_id uuid not null, trace_id uuid not null, chunk smallint not null default 0, model text not null,
        semantic bit(768), entity bit(768), situation bit(768),
        primary key (user_id, trace_id, chunk)
      );
      create index memory_signature_nearest on memory_signature (user_id, model) include (trace_id, semantic, situation);
      create table memory_embedding_pending (
        user_id uuid not null, trace_id uuid not null, head text not null, since timestamptz not null,
        primary key (user_id, trace_id, head)
      );
      create index memory_embedding_pending_since on memory_embedding_pending (since);
      create table memory_term (
        user_id uuid not null, term text not null, trace_id uuid not null, place bigint not null, tf real not null, length integer not null,
        primary key (user_id, term, trace_id) include (place, tf, length)
      );
      create index memory_term_trace on memory_term (user_id, trace_id);
      create table memory_tag (user_id uuid not null, tag text not null, trace_id uuid not null, primary key (user_id, tag, trace_id));
      create index memory_tag_trace on memory_tag (user_id, trace_id);
      create table memory_path (
        user_id uuid not null, path text not null, value text not null, trace_id uuid not null,
        primary key (user_id, path, value, trace_id)
      );
      create index memory_path_trace on memory_path (user_id, trace_id);
      create table memory_edge (
        user_id uuid not null, src uuid not null, dst uuid not null, type text not null, weight double precision not null, ts timestamptz not null, meta jsonb,
        primary key (user_id, src, dst, type), check (src <> dst), check (weight between 0 and 1)
      );
      -- The far end is part of the key: the strongest and newest edges of a hub come in order, without sorting all of them.
      create index memory_edge_out on memory_edge (user_id, src, weight desc, dst desc) include (type);
      create index memory_edge_in on memory_edge (user_id, dst, weight desc, src desc) include (type);
      create table memory_tombstone (
        user_id uuid not null, id uuid not null, content_key bytea not null, key_version integer not null, trace_id uuid not null,
        source_key bytea, reason text, at timestamptz not null,
        primary key (user_id, id)
      );
      create index memory_tombstone_content on memory_tombstone (user_id, content_key);
      create index memory_tombstone_source on memory_tombstone (user_id, source_key) where source_key is not null;
      create table receipt (
        user_id uuid not null, id uuid not null, at timestamptz not null, counts jsonb not null, digest text not null, previous text,
        purged boolean not null default false,
        primary key (user_id, id)
      );
      create table idempotency (
        user_id uuid not null, key text not null, request bytea not null, answer jsonb not null, at timestamptz not null,
        primary key (user_id, key)
      );
      create table recall_log (
        user_id uuid not null, id uuid not null, at timestamptz not null, query text, results integer not null, ms double precision not null, tiers jsonb,
        primary key (user_id, id)
      );
      create table dream_run (
        user_id uuid not null, id uuid not null, day date not null, input text not null, dry_run boolean not null, status text not null,
        phases jsonb not null default '[]', error text,
        -- who works at it, and until when (by the store's clock) others leave it alone
        worker uuid, lease_until timestamptz,
        created_at timestamptz not null, finished_at timestamptz, primary key (user_id, id),
        check (status in ('queued', 'running', 'completed', 'failed', 'undone'))
      );
      create unique index dream_run_input on dream_run (user_id, day, input, dry_run);
      create index dream_run_open on dream_run (user_id, id) where status in ('queued', 'running');
      create table dream_change (
        user_id uuid not null, run_id uuid not null, seq integer not null, op text not null, target text not null, target_id text not null,
        before jsonb, after jsonb, primary key (user_id, run_id, seq)
      );
      create table setting (name text primary key, value jsonb not null, updated_at timestamptz not null);
      create table api_key (
        id uuid primary key, name text not null, hash bytea not null unique, role text not null, user_id uuid, created_at timestamptz not null,
        expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz
      );`)

    for (const [table, column] of NO_STATISTICS) await db.query(`alter table ${table} alter column ${column} set statistics 0`)
    for (const table of [...USER_TABLES, ...REFERENCE_TABLES]) {
      const owner = table === 'memory_user' ? 'id' : 'user_id'
      if (table !== 'setting' && table !== 'api_key') {
        await db.query(`alter table ${table} enable row level security`)
        await db.query(`create policy own_rows on ${table} using (${owner} = ${USER}) with check (${owner} = ${USER})`)
        await db.query(`grant select, insert, update, delete on ${table} to reverie_app`)
      }
      await db.query(`alter table ${table} owner to reverie_maintenance`)
    }
    for (const partition of ['memory_embedding_ancient', 'memory_embedding_future']) {
      await db.query(`alter table ${partition} owner to reverie_maintenance`)
    }
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of [...USER_TABLES, ...REFERENCE_TABLES].reverse()) await db.query(`drop table ${table} cascade`)
    for (const role of ['reverie_app', 'reverie_maintenance']) {
      await db.query(`drop owned by ${role}`)
      // Another database of this server may still use the role: then it stays.
      await db.query(`do $$ begin drop role ${role}; exception when dependent_objects_still_exist or insufficient_privilege then null; end $$`)
    }
  }
}
