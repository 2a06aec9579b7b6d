import { createServer } from 'node:net'
import { StartupError } from '#kernel'
import { openDatabase } from './database'
import { serverStartupError, vectorMissing } from './startup-errors'

const URL = 'postgres://ana:s3cret@db.example:5433/memories'
const fault = (code: string, message = 'no') => Object.assign(new Error(message), { code })

it.each([
  [fault('ECONNREFUSED'), /cannot be reached at ana@db.example:5433\/memories/, /DATABASE_URL/],
  [new Error('timeout exceeded when trying to connect'), /cannot be reached/, /Start the server/],
  [fault('28P01'), /refuses to log in/, /password/],
  [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), /refuses to log in/, /password/],
  [fault('3D000'), /does not exist/, /createdb/],
  [fault('42501', 'permission denied to create extension "vector"'), /lacks a right: permission denied/, /administrator/],
  [{ driverError: fault('42501') }, /lacks a right/, /administrator/],
  [fault('57P03'), /still starting/, /Wait/],
  [fault('53300'), /no connection left/, /max_connections/],
])('gives %s a cause and a cure', (error, message, cure) => {
  const startup = serverStartupError(error, URL) as StartupError
  expect(startup).toBeInstanceOf(StartupError)
  expect(startup.message).toMatch(message)
  expect(startup.cure).toMatch(cure)
  expect(startup.message + startup.cure).not.toContain('s3cret')
})

it('leaves other errors as they are', () => {
  const error = fault('42601', 'syntax error')
  expect(serverStartupError(error, URL)).toBe(error)
  expect(serverStartupError(vectorMissing(URL), URL)).toMatchObject({ cure: expect.stringContaining('pgvector') })
  expect(vectorMissing('not an address').message).toContain('the server')
})

it('names the server that is not there', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const opening = openDatabase({ backend: 'postgresql', url: `postgres://u:p@127.0.0.1:${port}/d?options=-c%20work_mem=8MB` })
  await expect(opening).rejects.toMatchObject({ name: 'StartupError', message: expect.stringContaining(`127.0.0.1:${port}`) })
})

it('does not wait for ever for a server that says nothing', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const opening = openDatabase({ backend: 'postgresql', url: `postgres://u:p@127.0.0.1:${port}/d`, waitMs: 200 })
  await expect(opening).rejects.toMatchObject({ name: 'StartupError', message: expect.stringContaining('cannot be reached') })
  server.close()
})
