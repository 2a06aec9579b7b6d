import type { Params } from '#episodic-memory'
import type { Period } from '#language'
import { PERIOD_FADES_DAYS, PERIOD_FADES_SHARE } from './weights'

const DAY_S = 86_400

/** The periods that a question names, in SQL; undefined when it names none. */
export interface PeriodSql {
  /** How well the trace `t` fits in time, 0..1: 1 within a period, fading outside of it, half as fast after it, for what happened is told afterwards. */
  readonly fit: string
  /** The newest traces within each period: (id, 0, 0, 0, false). `theirs` is `from memory_trace t where …`. */
  leg(theirs: string, limit: number): string
}

/** @param params where the periods are bound */
export function periodSql(periods: readonly Period[], params: Params): PeriodSql | undefined {
  if (periods.length === 0) return undefined
  const bound = (ends: readonly Date[]): string => params.add(ends, '::timestamptz[]')
  const named = `unnest(${bound(periods.map((p) => p.from))}, ${bound(periods.map((p) => p.until))}) as p(since, until)`
  const seconds = (from: string, to: string): string => `extract(epoch from ${to} - ${from})::float8`
  const gap = `greatest(0, ${seconds('t.occurred_at', 'p.since')}, ${seconds('p.until', 't.occurred_at')} / 2)`
  const fades = `(${PERIOD_FADES_DAYS * DAY_S} + ${PERIOD_FADES_SHARE} * ${seconds('p.since', 'p.until')})`
  return {
    // exp() of a large negative number is an error of underflow.
    fit: `(select max(exp(-least(50, ${gap} / ${fades}))) from ${named})`,
    leg: (theirs, limit) => `select w.id, 0, 0, 0, false from ${named} cross join lateral (select t.id ${theirs} and t.occurred_at >= p.since and t.occurred_at < p.until
        order by t.occurred_at desc, t.id desc limit ${limit}) w`,
  }
}
