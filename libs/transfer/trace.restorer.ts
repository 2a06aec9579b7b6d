import { Injectable } from '@nestjs/common'
import { EmbeddingStore, HEADS, Tombstones, TraceWriter, UserStore } from '#episodic-memory'
import { Clock, mapInTurns, sessionUuid } from '#kernel'
import type { Numbered } from './batches'
import type { Place, TraceLine } from './format'
import { KeptStore } from './kept.store'
import { Places } from './places'
import type { Restoring } from './restoring'
import { TraceDrafts } from './trace.drafts'

type Draft = ReturnType<TraceDrafts['of']> & { readonly seat: Place }

/** Writes traces as they were; their vectors follow. What is there is left. */
@Injectable()
export class TraceRestorer {
  constructor(
    private readonly clock: Clock,
    private readonly kept: KeptStore,
    private readonly tombstones: Tombstones,
    private readonly places: Places,
    private readonly drafts: TraceDrafts,
    private readonly users: UserStore,
    private readonly writer: TraceWriter,
    private readonly embeddings: EmbeddingStore,
  ) {}

  /** What needs no store: words and keys, in turns of the event loop. */
  async draft({ naming, user, zone }: Restoring, batch: readonly Numbered<TraceLine>[]): Promise<{ number: number; came: string; trace: Draft }[]> {
    return mapInTurns(batch, ({ number, line }) => ({ number, came: line.id, trace: { ...this.drafts.of(naming.trace(line), user.id, zone), seat: line.place } }))
  }

  /** Joins the transaction. */
  async restore(r: Restoring, drafts: Awaited<ReturnType<TraceRestorer['draft']>>): Promise<void> {
    const there = await this.kept.existing(r.user, drafts.map(({ trace }) => trace.id))
    const open = drafts.filter(({ trace }) => !there.has(trace.id))
    // Asked again: something may have been forgotten since.
    const block = await this.tombstones.block(r.user, open.map(({ trace }) => trace))
    const held = open.filter(({ came }, i) => block[i] || r.blocked.has(came))
    const fresh = open.filter((one) => !held.includes(one)).map(({ trace }) => trace)
    r.tally.add('traces', 'skipped', drafts.length - open.length)
    r.tally.add('traces', 'stored', fresh.length)
    for (const { number, trace } of held) {
      r.tally.blocked(number)
      noteSession(r, trace)
    }
    if (r.write && fresh.length > 0) await this.insert(r, fresh)
  }

  private async insert(r: Restoring, traces: readonly Draft[]): Promise<void> {
    const { user } = r
    const places = await this.places.find(r, traces.map(({ seat, sessionId }) => ({ place: seat, sessionId })))
    await this.writer.insert(user.id, traces.map(({ seat: _, ...trace }, i) => ({ ...trace, place: places[i]! })))
    const worded = traces.filter(({ seat }) => seat !== null).map(({ id }) => id)
    await this.users.countTraces(user, worded.length)
    await this.embeddings.defer(user.id, this.clock.now(), worded, HEADS)
    for (const trace of traces) if (trace.sessionId !== null && r.blocks.has(sessionUuid(user.id, trace.sessionId))) noteSession(r, trace)
  }
}

function noteSession({ user, changed }: Restoring, { sessionId }: Draft): void {
  if (sessionId !== null) changed.add(sessionUuid(user.id, sessionId))
}
