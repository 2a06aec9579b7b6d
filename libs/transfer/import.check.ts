import { isDeepStrictEqual } from 'node:util'
import { Injectable } from '@nestjs/common'
import { Tombstones } from '#episodic-memory'
import { ReverieError, type User } from '#kernel'
import { Batches, type Numbered } from './batches'
import { FORMAT, type HeaderLine, type TraceLine, VERSION } from './format'
import { KeptStore } from './kept.store'
import type { Manuscript } from './manuscript'
import { Naming } from './naming'
import { Structure } from './structure'
import type { Problem } from './transfer.types'

/** Problems after which no more are looked for. */
const ENOUGH = 100

/** What is known of an import that may be written. */
export interface Checked {
  readonly header: HeaderLine
  readonly naming: Naming
  /** Ids, as they came, of traces that were forgotten here or come from what was. */
  readonly blocked: ReadonlySet<string>
}

/** Reads a whole import and compares it with the store, before anything is written. */
@Injectable()
export class ImportCheck {
  constructor(private readonly kept: KeptStore, private readonly tombstones: Tombstones) {}

  /** @throws ReverieError invalid_request with the lines that break a rule, conflict with those that differ from what is there */
  async check(user: User, manuscript: Manuscript): Promise<Checked> {
    const problems: Problem[] = []
    const conflicts: Problem[] = []
    const blocked = new Set<string>()
    const structure = new Structure()
    let header: HeaderLine = { line: 'header', format: FORMAT, version: VERSION, user_id: user.externalId, time_zone: null }
    let naming = new Naming(header.user_id, user.id)
    let lines = 0
    let unread = false
    const batches = new Batches({ trace: async (batch) => void conflicts.push(...await this.traces(user, batch, naming, blocked)) })
    for await (const read of manuscript.lines()) {
      lines = read.number
      if ('problems' in read) unread = true
      // What does not fit together after a line that could not be read may be its fault.
      problems.push(...('problems' in read ? read.problems : unread ? [] : structure.next(read.number, read.line)))
      if (problems.length >= ENOUGH) break
      if ('problems' in read || problems.length > 0) continue
      if (read.line.line === 'header') {
        header = read.line
        naming = new Naming(header.user_id, user.id)
      }
      if (conflicts.length < ENOUGH) await batches.add(read.number, read.line)
    }
    if (problems.length === 0) problems.push(...structure.end(lines))
    if (problems.length > 0) throw refusal('invalid_request', problems)
    await batches.end()
    if (conflicts.length > 0) throw refusal('conflict', conflicts)
    if (blocked.size > 0) await spread(manuscript, blocked)
    return { header, naming, blocked }
  }

  /** Notes those that were forgotten; answers those that are there and differ. */
  private async traces(user: User, batch: readonly Numbered<TraceLine>[], naming: Naming, blocked: Set<string>): Promise<Problem[]> {
    const here = batch.map(({ number, line }) => ({ number, came: line, line: naming.trace(line) }))
    const there = await this.kept.traces(user, here.map(({ line }) => line.id))
    const fresh = here.filter(({ line }) => !there.has(line.id))
    const block = await this.tombstones.block(user, fresh.map(({ line }) => line))
    fresh.forEach(({ came }, i) => block[i] && blocked.add(came.id))
    return here.filter(({ came, line }) => there.has(line.id) && !naming.isName(came) && !isSame(there.get(line.id)!, line))
      .map(({ number, line }) => ({ line: number, field: 'id', message: `memory ${line.id} is there already, and differs` }))
  }
}

/** Where they stand apart: that is settled by what stood there before. */
function isSame(there: TraceLine, line: TraceLine): boolean {
  return isDeepStrictEqual({ ...there, place: null }, { ...line, place: null })
}

/**
 * What was made of the forgotten goes with it: every wording of one memory, and what derives from it, even from other sources as well; a
 * dream makes that anew without. Read again until nothing more is found, for what derives may stand before what it derives from. Then who and what
 * nothing else mentions.
 */
async function spread(manuscript: Manuscript, blocked: Set<string>): Promise<void> {
  for (let before = 0; before < blocked.size;) {
    before = blocked.size
    for await (const { line } of manuscript.sound()) {
      if (line.line === 'edge' && line.type === 'derived_from' && blocked.has(line.dst)) blocked.add(line.src)
      if (line.line !== 'trace' || line.superseded_by === null) continue
      if (blocked.has(line.superseded_by)) blocked.add(line.id)
      else if (blocked.has(line.id)) blocked.add(line.superseded_by)
    }
  }
  const [unmentioned, mentioned] = [new Set<string>(), new Set<string>()]
  for await (const { line } of manuscript.sound()) if (line.line === 'edge' && line.type === 'mentions') (blocked.has(line.src) ? unmentioned : mentioned).add(line.dst)
  for (const id of unmentioned) if (!mentioned.has(id)) blocked.add(id)
}

function refusal(code: 'invalid_request' | 'conflict', problems: readonly Problem[]): ReverieError {
  const [{ line, field, message }] = problems as [Problem]
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : ''
  return new ReverieError(code, `line ${line}: ${field === 'line' ? '' : `${field} `}${message}${more}`, { field: `line ${line}`, problems: problems.slice(0, ENOUGH) })
}
