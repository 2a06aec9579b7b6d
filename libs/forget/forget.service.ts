import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { EmbeddingBackfill, Tombstones } from '#episodic-memory'
import { Clock, ReverieError, Secrets, type User } from '#kernel'
import type { FocusItem } from '#working-memory'
import { Eraser } from './eraser'
import { Erasures } from './erasures'
import type { ForgetAnswer, ForgetApplied, ForgetInput, ForgetSelector, Receipt } from './forget.types'
import { Ledger } from './ledger/ledger'
import { Mind } from './mind'
import { digestOf, openToken, sealToken } from './preview-token'
import { Receipts } from './receipts'
import { Removal } from './removal'
import { Selection } from './selection'

const TOKEN_MS = 10 * 60 * 1000
/** Memories that one answer shows of a preview. */
const PREVIEWED = 1_000

/** Forgetting: find (preview), erase in every tier in one transaction, leave a tombstone and a receipt. */
@Injectable()
export class ForgetService {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly selection: Selection,
    private readonly eraser: Eraser,
    private readonly removal: Removal,
    private readonly ledger: Ledger,
    private readonly receipts: Receipts,
    private readonly tombstones: Tombstones,
    private readonly erasures: Erasures,
    private readonly mind: Mind,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /**
   * @throws ReverieError not_found for an unknown id, stale_preview when what the token showed has changed
   */
  async forget(input: ForgetInput): Promise<ForgetAnswer> {
    const { user, keyId } = input
    if ('previewToken' in input.selector) {
      const claim = openToken(input.selector.previewToken, this.secrets, { userId: user.id, keyId }, this.clock.now())
      return this.apply(user, claim.selector as Plain, input.block ?? claim.block, input.reason, claim.set)
    }
    if (input.dryRun || 'query' in input.selector) return this.preview(input, input.selector)
    return this.apply(user, input.selector, input.block, input.reason)
  }

  /** Everything of a user, with their name. The receipt is answered, not kept: nothing of them stays. */
  async forgetUser(user: User): Promise<ForgetApplied> {
    let told: Receipt | undefined
    await this.ledger.ready()
    const applied = await this.sql.transaction({ userId: user.id }, async (): Promise<ForgetApplied> => {
      await this.eraser.lock(user)
      const focus = await this.mind.remove(user)
      const forgotten = await this.eraser.eraseUser(user, focus)
      const receipt = await this.receipts.write(user, forgotten, false)
      told = receipt
      await this.ledger.userForgotten(user, receipt)
      return { dryRun: false, forgotten, ids: [], tombstones: [], receipt }
    }, 'erase').catch((error: unknown) => this.annul(told, error, 'select 1 as one from memory_user where id = $1 and $2::uuid is not null', user))
    await this.mind.removeAgain(user)
    return applied
  }

  private async preview({ user, keyId, block, cursor }: ForgetInput, selector: Plain): Promise<ForgetAnswer> {
    const { candidates, similar } = await this.selection.of(user, selector)
    const from = cursor === undefined ? 0 : candidates.findIndex(({ id }) => id === cursor) + 1
    if (cursor !== undefined && from === 0) throw new ReverieError('stale_preview', 'cursor: what the page before showed has changed; preview again', { field: 'cursor' })
    const page = candidates.slice(from, from + PREVIEWED)
    const last = from + page.length === candidates.length
    const claim = { userId: user.id, keyId, selector, set: digestOf(candidates.map((c) => c.id)), block, expiresAt: this.clock.now().getTime() + TOKEN_MS }
    return {
      dryRun: true, count: candidates.length, candidates: last ? [...page, ...similar] : page, previewToken: sealToken(claim, this.secrets),
      ...(last ? {} : { nextCursor: page.at(-1)!.id }),
    }
  }

  private async apply(user: User, selector: Plain, block: boolean | undefined, reason: string | undefined, shown?: string): Promise<ForgetApplied> {
    let stale: readonly string[] = []
    let told: Receipt | undefined
    await this.ledger.ready()
    const applied = await this.sql.transaction({ userId: user.id }, async (): Promise<ForgetApplied> => {
      // First: what a dream derives from the selected before this one has the lock would be missed.
      await this.eraser.lock(user)
      const inMind = await this.mind.list(user)
      const passing = inMind.filter((item) => !item.durable && isMeant(item, selector)).map((item) => item.id)
      const { candidates } = await this.selection.of(user, withoutIds(selector, passing))
      const ids = candidates.map((c) => c.id)
      if (shown !== undefined && digestOf(ids) !== shown) {
        throw new ReverieError('stale_preview', 'preview_token: what it showed has changed; preview again', { field: 'preview_token' })
      }
      const blocks = block ?? !('scope' in selector)
      const tombstones = blocks ? await this.tombstones.bury(user, ids, reason, inMind.filter((item) => passing.includes(item.id))) : []
      if (blocks) passing.push(...await this.echoesOf(user, inMind.filter((item) => !item.durable && !passing.includes(item.id))))
      const focus = await this.mind.remove(user, [...ids, ...passing])
      const removed = await this.removal.remove(user, candidates, focus)
      stale = removed.stale
      const receipt = await this.receipts.write(user, removed.counts, true)
      await this.erasures.note(user, removed.partitions, receipt.id)
      told = receipt
      await this.ledger.forgotten(user, receipt, ids, tombstones)
      return { dryRun: false, forgotten: removed.counts, ids: [...ids, ...passing], tombstones: tombstones.map(({ id }) => id), receipt }
    }, 'erase').catch((error: unknown) => this.annul(told, error, 'select 1 as one where not exists (select from receipt where user_id = $1 and id = $2)', user))
    await this.mind.removeAgain(user, [...applied.ids, ...stale])
    // Those of the next turns, whose scenes held the forgotten, and of what was rewritten.
    this.backfill.wake()
    return applied
  }

  /** Of what is in mind alone, what says the same as something that was forgotten. */
  private async echoesOf(user: User, passing: readonly FocusItem[]): Promise<string[]> {
    const held = await this.tombstones.block(user, passing)
    return passing.filter((_, i) => held[i]).map(({ id }) => id)
  }

  /**
   * The store refused what the ledger may have been told: says so there. When nobody knows whether it took it, the next start does.
   * @param untaken finds a row when the store did not take it
   */
  private async annul(told: Receipt | undefined, error: unknown, untaken: string, user: User): Promise<never> {
    if (told && await this.sql.one({ userId: user.id }, untaken, [user.id, told.id]).catch(() => undefined)) await this.ledger.annulled(told.id).catch(() => undefined)
    throw error
  }
}

/** What lives in working memory alone has an id and a session, and is otherwise not known: only these and "all" can mean it. */
function isMeant(item: FocusItem, selector: Plain): boolean {
  if ('ids' in selector) return selector.ids.includes(item.id)
  if (!('scope' in selector)) return false
  const { all, sessionId, ...rest } = selector.scope
  const onlySession = sessionId === item.sessionId && Object.values(rest).every((part) => part === undefined)
  return all === true || onlySession
}

function withoutIds(selector: Plain, ids: readonly string[]): Plain {
  return 'ids' in selector ? { ids: selector.ids.filter((id) => !ids.includes(id)) } : selector
}

type Plain = Exclude<ForgetSelector, { previewToken: string }>
