import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance } from 'fastify'
import { type DreamRun, DreamService, PHASES } from '#dream'
import type { User } from '#kernel'

/** How often one looks how far a dream is: another process may be dreaming it. Milliseconds. */
const LOOK_MS = 250

/** Dreams as they go on, as server-sent events. */
@Injectable()
export class DreamEvents implements OnModuleInit {
  private readonly ending = new AbortController()

  constructor(private readonly dreams: DreamService, private readonly host: HttpAdapterHost) {}

  /** Who watches does not hold up the end of the server. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>()
    fastify.addHook('preClose', async () => this.ending.abort())
  }

  /** What happens from now on, and what has happened: ends when the dream does, or is gone. */
  of(user: User, id: string): Readable {
    return Readable.from(this.events(user, id))
  }

  private async* events(user: User, id: string): AsyncGenerator<string> {
    const { signal } = this.ending
    let told = 0
    while (!signal.aborted) {
      const run = await this.dreams.progress(user, id)
      if (!run) return
      const events = eventsOf(run)
      // A dream that begins anew has fewer than it had.
      for (const [name, data] of events.slice(Math.min(told, events.length))) yield `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
      told = events.length
      if (events.at(-1)?.[0] === 'done') return
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** All that has happened to a run so far, in its order. Pure. */
export function eventsOf(run: Pick<DreamRun, 'status' | 'phases' | 'error'>): (readonly [name: 'begin' | 'end' | 'done', data: Record<string, unknown>])[] {
  const done = run.phases.flatMap((phase) => [['begin', { phase: phase.name }] as const, ['end', { phase: phase.name, ms: phase.ms, counts: phase.counts }] as const])
  const next = PHASES.find((name) => !run.phases.some((phase) => phase.name === name))
  if (run.status === 'running' && next) return [...done, ['begin', { phase: next }]]
  if (run.status === 'queued' || run.status === 'running') return done
  return [...done, ['done', { status: run.status, ...(run.error === null ? {} : { error: run.error }) }]]
}
