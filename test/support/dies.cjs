/**
 * Loaded first by a worker that is to die: its clock stands at NOW, and it is killed as by `kill -9` at the DIE_AT-th statement since it first
 * claimed a run: before that is sent (what was done, was done), or, with DIE=sent, as it is (what becomes of it, nobody knows).
 */
'use strict'
const { Client } = require('pg')
const { SystemClock } = require('../../dist/libs/kernel')

const { NOW, DIE_AT, DIE } = process.env
SystemClock.prototype.now = () => new Date(NOW)

const { query } = Client.prototype
let statements = 0
Client.prototype.query = function count(first, ...rest) {
  const text = typeof first === 'string' ? first : first.text
  if (statements > 0 || text.includes("set status = 'running'")) statements++
  const dies = statements === Number(DIE_AT)
  if (dies && DIE !== 'sent') process.kill(process.pid, 'SIGKILL')
  const answer = query.call(this, first, ...rest)
  if (dies) process.kill(process.pid, 'SIGKILL')
  return answer
}
