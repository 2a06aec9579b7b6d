import pg from 'pg'

/**
 * Makes of pgvector in a database what it was before 0.7: no halfvec, no sparsevec, nothing for bits. Older ones cannot be installed
 * beside the one that is there; what they lack can be taken away. For a superuser.
 */
export async function makeVectorOlder(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`create extension if not exists vector;
      delete from pg_depend where refclassid = 'pg_extension'::regclass and refobjid = (select oid from pg_extension where extname = 'vector') and deptype = 'e';
      drop type halfvec cascade; drop type sparsevec cascade;
      drop operator <~> (bit, bit) cascade; drop operator <%> (bit, bit) cascade;
      update pg_extension set extversion = '0.6.2' where extname = 'vector'`)
  } finally {
    await client.end()
  }
}
