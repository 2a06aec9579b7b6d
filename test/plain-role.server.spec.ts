import pg from 'pg'
import { createOnServer, testServer } from '../libs/database/testing'
import { startServer } from './support/server'

it('a user of Postgres without any privilege installs and runs the product where an administrator prepared the database as README says', async () => {
  const { url, drop } = await createOnServer(testServer()!)
  const role = `plain_e2e_${process.pid}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    await admin.query(`create extension vector; create role ${role} login password 'plain'`)
    for (const name of ['reverie_app', 'reverie_maintenance']) {
      await admin.query(`do $$ begin if not exists (select from pg_roles where rolname = '${name}') then create role ${name}; end if; end $$`)
    }
    await admin.query(`grant reverie_app, reverie_maintenance to ${role};
      grant create on schema public to ${role} with grant option; grant create on schema public to reverie_maintenance`)
    const server = await startServer({ DATABASE_URL: Object.assign(new URL(url), { username: role, password: 'plain' }).toString() })
    try {
      const [id] = await server.api.remember({ user_id: 'ana', content: 'The spare key hangs behind the clock', occurred_at: '2021-03-04T10:00:00Z' })
      expect((await server.api.recall({ user_id: 'ana', q: 'spare key' })).results.map((r) => r.id)).toEqual([id])
      expect((await server.api.forget({ user_id: 'ana', id })).forgotten.traces).toBe(1)
      expect((await server.api.get('/memory/status')).status).toBe(200)
      // Pages it may write anew, the log only where it was allowed to; what is done is not done again.
      const purge = async (): Promise<unknown> => (await server.api.post('/maintenance/purge', {})).body
      const refused = { name: 'log', error: expect.stringContaining(`grant pg_checkpoint to ${role}`) }
      expect(await purge()).toMatchObject({ purged: 0, steps: [{ name: 'pages', error: null }, refused, { name: 'focus' }] })
      await admin.query(`grant pg_checkpoint to ${role}; grant execute on function pg_switch_wal(), pg_ls_waldir() to ${role}`)
      expect(await purge()).toMatchObject({ purged: 1, steps: [{ name: 'log', error: null }, { name: 'focus', error: null }] })
    } finally {
      await server.close()
    }
    await admin.query(`drop owned by ${role} cascade; drop role ${role}`)
  } finally {
    await admin.end()
    await drop()
  }
})
