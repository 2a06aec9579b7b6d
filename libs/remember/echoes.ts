import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { isUuid, type User } from '#kernel'
import { fold } from '#language'
import { FocusBuffer } from '#working-memory'
import { type Echo, echoIn, type Quotation } from './echo'
import { Known } from './known'
import type { MessageInput } from './remember.types'

/** A message is live when it happens about now; what is imported says what was said, recalled or not. */
const LIVE_MS = 10 * 60 * 1000
/** So long after it was recalled a person's message that repeats a memory word for word comes from the recall. */
const FRESH_MS = 10 * 60 * 1000

/** A message as it is to be remembered. */
export interface Heard {
  readonly message: MessageInput
  /** The memory that it only repeats; then nothing of it is stored. */
  readonly echoOf?: string
}

interface Stored {
  readonly id: string
  readonly fresh: boolean
}

/**
 * Recognises recalled memories that an agent feeds back, so that they are not remembered as if they had been said again (and again). A fence
 * around memories that are known is left out of a message; a message of nothing but known memories is not stored. It must say enough, and
 * be more than somebody's repeating themselves: by another role than the user, a list, or recalled a moment ago.
 */
@Injectable()
export class Echoes {
  constructor(private readonly sql: Sql, private readonly known: Known, private readonly focus: FocusBuffer) {}

  async hear(user: User, messages: readonly MessageInput[], now: Date): Promise<Heard[]> {
    const echoes = messages.map(({ content, occurredAt }) => {
      const echo = Math.abs((occurredAt ?? now).getTime() - now.getTime()) <= LIVE_MS ? echoIn(content) : undefined
      return echo && [...echo.fenced, ...echo.quoted].some((one) => one.telling) ? echo : undefined
    })
    const find = await this.finder(user, echoes.flatMap((echo) => (echo ? [...echo.fenced, ...echo.quoted] : [])), now)
    return messages.map((message, i) => (echoes[i] ? heard(message, echoes[i], find) : { message }))
  }

  /** Finds the memory that is quoted: derived ones by their id, or while they are in mind. */
  private async finder(user: User, quotations: readonly Quotation[], now: Date): Promise<Finder> {
    if (quotations.length === 0) return () => undefined
    const forms = [...new Set(quotations.flatMap((one) => one.forms))]
    const keys = forms.map((form) => this.known.contentKey(form))
    const ids = quotations.flatMap(({ id }) => (id !== undefined && isUuid(id) ? [id] : []))
    const rows = await this.sql.many<{ id: string; content: string; fresh: boolean }>({ userId: user.id }, `select t.id, t.content,
        coalesce(a.last_accessed_at >= $4, false) as fresh
      from memory_trace t left join memory_activation a on a.user_id = $1 and a.trace_id = t.id
      where t.user_id = $1 and (t.content_key = any($2::bytea[]) or t.id = any($3::uuid[])) and (t.expires_at is null or t.expires_at > $5) order by t.created_at, t.id`,
    [user.id, keys, ids, new Date(now.getTime() - FRESH_MS), now])
    const { result: inMind } = await this.focus.tolerating(() => this.focus.list(user))
    const stored = new Map<string, Stored>()
    for (const { content, ...found } of [...rows, ...inMind.filter((item) => item.durable).map(({ id, content }) => ({ id, content, fresh: false }))]) {
      const form = fold(content)
      stored.set(form, { id: stored.get(form)?.id ?? found.id, fresh: found.fresh || stored.get(form)?.fresh === true })
    }
    return ({ forms: own }) => own.flatMap((form) => stored.get(form) ?? [])[0]
  }
}

type Finder = (quotation: Quotation) => Stored | undefined

function heard(message: MessageInput, { fenced, rest, quoted, listed }: Echo, find: Finder): Heard {
  const inFence = fenced.map(find)
  // What a fence holds that is not known is not from here: it stays.
  if (inFence.some((found) => found === undefined)) return { message }
  const first = inFence[0]?.id
  if (rest === '' && first !== undefined) return { message, echoOf: first }
  const found = quoted.map(find)
  const all = found.length > 0 && found.every((one) => one !== undefined) && quoted.some((one) => one.telling)
  const byPerson = (message.role ?? 'user') === 'user' && !listed && first === undefined
  if (all && (!byPerson || found.some((one) => one.fresh))) return { message, echoOf: first ?? found[0]!.id }
  return { message: first === undefined ? message : { ...message, content: rest } }
}
