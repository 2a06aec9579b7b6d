import { isDeepStrictEqual } from 'node:util'
import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { EmbeddingBackfill, type KeptSession, SessionStore, UserStore } from '#episodic-memory'
import { EdgeStore, placed } from '#graph-memory'
import { Clock, sessionUuid } from '#kernel'
import { Batches } from './batches'
import type { EdgeLine, HeaderLine, SessionLine } from './format'
import { ImportCheck } from './import.check'
import { edgeKey, KeptStore } from './kept.store'
import { Manuscript } from './manuscript'
import type { Restoring } from './restoring'
import { TransferSettings } from './settings'
import { Spool } from './spool'
import { Tally } from './tally'
import { TraceRestorer } from './trace.restorer'
import type { ImportAnswer, ImportInput } from './transfer.types'

/**
 * Importing: the whole body is put aside, checked and compared with the store, and only then written, a batch in a transaction. So a fault of
 * the import leaves nothing; a crash leaves whole batches, and the same import again adds what is missing.
 */
@Injectable()
export class ImportService {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly settings: TransferSettings,
    private readonly checker: ImportCheck,
    private readonly kept: KeptStore,
    private readonly users: UserStore,
    private readonly sessionStore: SessionStore,
    private readonly traceRestorer: TraceRestorer,
    private readonly edgeStore: EdgeStore,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /** @throws ReverieError invalid_request or conflict, which name lines; nothing is written then */
  async import(input: ImportInput): Promise<ImportAnswer> {
    const spool = await Spool.open()
    try {
      for await (const part of input.body) await spool.write(part)
      const manuscript = new Manuscript(spool, input.read)
      const checked = await this.checker.check(input.user, manuscript)
      return await this.restore(input, manuscript, checked)
    } finally {
      await spool.close()
    }
  }

  private async restore({ user, dryRun }: ImportInput, manuscript: Manuscript, checked: Awaited<ReturnType<ImportCheck['check']>>): Promise<ImportAnswer> {
    const stored = await this.users.get(user)
    const r: Restoring = {
      ...checked, user, write: !dryRun, tally: new Tally(), blocks: new Map(), changed: new Set(),
      zone: stored?.timeZone ?? checked.header.time_zone ?? this.settings.timeZone,
    }
    if (r.write) await this.locked(r, () => this.header(r, checked.header))
    const batches = new Batches({
      session: (batch) => this.locked(r, () => this.sessions(r, batch.map((b) => b.line))),
      trace: async (batch) => {
        const drafts = await this.traceRestorer.draft(r, batch)
        await this.locked(r, () => this.traceRestorer.restore(r, drafts))
      },
      edge: (batch) => this.locked(r, () => this.edges(r, batch.map((b) => b.line))),
    })
    for await (const { number, line } of manuscript.sound()) await batches.add(number, line)
    await batches.end()
    if (r.write) {
      await this.locked(r, () => this.sessionStore.recount(user, [...r.changed]))
      this.backfill.wake()
    }
    return r.tally.answer(dryRun)
  }

  /** One batch, for which the user's other writes wait; a dry run only looks. */
  private async locked(r: Restoring, work: () => Promise<void>): Promise<void> {
    await this.sql.transaction({ userId: r.user.id }, async () => {
      if (r.write) await this.users.lock(r.user)
      await work()
    })
  }

  /** What the user has not settled here. */
  private async header(r: Restoring, { time_zone: zone }: HeaderLine): Promise<void> {
    if (zone !== null) await this.users.adoptTimeZone(r.user, zone)
  }

  private async sessions(r: Restoring, lines: readonly SessionLine[]): Promise<void> {
    const there = await this.kept.sessions(r.user, lines.map((line) => line.session_id))
    r.tally.add('sessions', 'skipped', there.size)
    r.tally.add('sessions', 'stored', lines.length - there.size)
    if (!r.write) return
    for (const line of lines) {
      const known = there.get(line.session_id)
      if (!known) await this.sessionStore.restore(r.user, keptSession(line))
      // It has gone its own way, and its places may be taken: what comes stands together, and not among its turns.
      else if (!isDeepStrictEqual(known, line)) r.blocks.set(sessionUuid(r.user.id, line.session_id), await this.sessionStore.takeBlock(r.user))
    }
  }

  private async edges(r: Restoring, lines: readonly EdgeLine[]): Promise<void> {
    const { user, naming, blocked } = r
    const open = lines.filter((line) => !blocked.has(line.src) && !blocked.has(line.dst))
      .map((line) => placed({ ...line, src: naming.of(line.src), dst: naming.of(line.dst) }))
    // What was forgotten since the import began has no edges either.
    const ends = r.write ? await this.kept.existing(user, open.flatMap((e) => [e.src, e.dst])) : undefined
    const whole = ends ? open.filter((e) => ends.has(e.src) && ends.has(e.dst)) : open
    const there = await this.kept.edges(user, whole)
    const fresh = whole.filter((e) => !there.has(edgeKey(e)))
    r.tally.add('edges', 'blocked', lines.length - whole.length)
    r.tally.add('edges', 'skipped', whole.length - fresh.length)
    r.tally.add('edges', 'stored', fresh.length)
    if (r.write) await this.edgeStore.insertNew(user.id, fresh.map(({ line: _, ts, meta, ...e }) => ({ ...e, ts: new Date(ts), meta: meta ?? undefined })), this.clock.now())
  }
}

function keptSession(line: SessionLine): KeptSession {
  return {
    sessionId: line.session_id, project: line.project, startedAt: new Date(line.started_at), endedAt: new Date(line.ended_at), lastAt: new Date(line.last_at),
    messageCount: line.message_count, nextPlace: line.next_place, topics: line.topics, importance: line.importance, summary: line.summary,
  }
}
