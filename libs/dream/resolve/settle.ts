import { endedBy, excludes, identifies, modeOf, plain, slotOf, tripleKey } from '#facts'
import { groups } from '#kernel'
import { nameKey } from '#language'
import type { Change } from '../change'
import { type Evidence, type Fact, earliest, latestOf } from '../link/fact'

/** Why a fact gave way: no word of what was said. */
export type Reason = 'a newer statement says otherwise' | 'a newer statement denies it' | 'a newer statement says that it is over'

export interface Settled {
  readonly changes: readonly Change[]
  readonly superseded: number
  readonly contradictions: number
}

type Verdict = { readonly older: Fact; readonly newer: Fact; readonly reason: Reason } | { readonly apart: readonly [Fact, Fact] } | undefined

/**
 * Settles what open facts say against each other. The newer of two gives the older its end: the one that is said to hold later, whenever it
 * was heard of. What has no order in time, or is said by different people about a third one, is connected as a contradiction and left. Facts
 * of a subject that may be many ("Ana's friend") are never held against each other. Pure.
 */
export function settle(facts: readonly Fact[]): Settled {
  const changes: Change[] = []
  let [superseded, contradictions] = [0, 0]
  const open = facts.filter((fact) => fact.validUntil === null && identifies(fact.triple.subject))
  for (const group of groups(open, (fact) => slotOf(fact.triple)).values()) {
    const ordered = [...group].sort((a, b) => +latestOf(b.evidence).holds - +latestOf(a.evidence).holds || (a.id < b.id ? -1 : 1))
    const closed = new Set<Fact>()
    ordered.forEach((older, i) => {
      // The nearest newer one ends it; a chain of moves keeps its order.
      for (const newer of ordered.slice(0, i).reverse()) {
        const verdict = judge(newer, older)
        if (verdict === undefined) continue
        if ('apart' in verdict) {
          if (closed.has(newer)) continue
          contradictions++
          const [src, dst] = verdict.apart.map((fact) => fact.id).sort() as [string, string]
          changes.push({ op: 'create', edge: { src, dst, type: 'contradicts', weight: 1 } })
          continue
        }
        closed.add(older)
        superseded++
        changes.push({ op: 'supersede', trace: older.id, by: newer.id, reason: verdict.reason, at: endOf(older, newer) })
        break
      }
    })
  }
  return { changes, superseded, contradictions }
}

/** @param newer is said to hold as late as the older one, or later */
function judge(newer: Fact, older: Fact): Verdict {
  const reason = conflict(newer, older)
  if (reason === undefined) return undefined
  const [last, before] = [latestOf(newer.evidence), latestOf(older.evidence)]
  if (reason === 'fixed' || +last.holds === +before.holds || !decides(last, before, newer)) {
    // What is over says nothing against its having been so.
    return reason === 'a newer statement says that it is over' ? undefined : { apart: [newer, older] }
  }
  return { older, newer, reason }
}

function conflict(newer: Fact, older: Fact): Reason | 'fixed' | undefined {
  const [a, b] = [plain(newer.triple), plain(older.triple)]
  const same = nameKey(a.object) === nameKey(b.object)
  if (endedBy(a.predicate) === b.predicate) return same && !b.negated && !a.negated ? 'a newer statement says that it is over' : undefined
  if (a.predicate !== b.predicate) return undefined
  if (same) return a.negated === b.negated ? undefined : 'a newer statement denies it'
  if (a.negated || b.negated || modeOf(a.predicate) === 'many') return undefined
  if (!excludes(a.predicate, newer.triple.object, older.triple.object, latestOf(newer.evidence).changed)) return undefined
  return modeOf(a.predicate) === 'fixed' ? 'fixed' : 'a newer statement says otherwise'
}

/** Whether who says the newer may decide: who speaks of themselves, or said the older, too. */
function decides(last: Evidence, before: Evidence, { triple }: Fact): boolean {
  return last.by === nameKey(triple.subject) || last.by === before.by
}

/** When the older one ceased to hold: when the newer one begins, of what is said of it after the older one held. */
function endOf(older: Fact, newer: Fact): Date {
  const last = latestOf(older.evidence).holds
  const begins = earliest(newer.evidence.filter((one) => one.holds > last).map((one) => one.from ?? one.holds))
  return begins > last ? begins : last
}

/** Facts of the slots that the dream has touched, the others are settled. */
export function touched(facts: readonly Fact[], keys: ReadonlySet<string>): Fact[] {
  const slots = new Set(facts.filter((fact) => keys.has(tripleKey(fact.triple))).map((fact) => slotOf(fact.triple)))
  return facts.filter((fact) => slots.has(slotOf(fact.triple)))
}
