/**
 * Statements about the turns around others. Behind row-level security a condition is looked up in an index only where nothing in it can fail
 * and tell of foreign rows by that; a sum or a difference of places can. So they are columns of a fenced subquery first: with them in the
 * condition, each statement read all of a user's traces (33 ms instead of .1 at 38,000).
 */

/** Of the user $1 the ids of the $3 turns after each of the traces $2, without these. */
export const FOLLOWERS = `select distinct n.id from (
    select t.place + after as place from memory_trace t cross join generate_series(1, $3) as after where t.user_id = $1 and t.id = any($2::uuid[]) offset 0) next
  cross join lateral (select id from memory_trace where user_id = $1 and place = next.place offset 0) n
  where n.id <> all($2::uuid[])`

/** Of the user $1 the traces $2, each with the contents of the $3 turns before it, the first one first: what TraceText is made of. */
export const WITH_THOSE_BEFORE = `select t.id, t.speaker, t.role, t.content, t.occurred_at as "occurredAt",
    coalesce((select jsonb_agg(b.content order by b.place) from memory_trace b where b.user_id = $1 and b.place between t.first and t.last), '[]') as before
  from (select *, place - $3 as first, place - 1 as last from memory_trace where user_id = $1 and id = any($2::uuid[]) offset 0) t`
