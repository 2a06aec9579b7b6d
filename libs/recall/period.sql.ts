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
  const seconds = (at: Date): number => at.getTime() / 1000
  const bound = (of: (period: Period) => number): string => params.add(periods.map(of), '::float8[]')
  const ends = (of: (period: Period) => Date): string => params.add(periods.map(of), '::timestamptz[]')
  const fades = ({ from, until }: Period): number => PERIOD_FADES_DAYS * DAY_S + PERIOD_FADES_SHARE * (seconds(until) - seconds(from))
  // In numbers: with instants and intervals the fits of six periods cost milliseconds.
  const spans = `unnest(${bound((p) => seconds(p.from))}, ${bound((p) => seconds(p.until))}, ${bound(fades)}) as p(since, until, fades)`
  const happened = `date_part('epoch', t.occurred_at)`
  return {
    // exp() of a large negative number is an error of underflow.
    fit: `exp(-least(50, (select min(greatest(0, p.since - ${happened}, (${happened} - p.until) / 2) / p.fades) from ${spans})))`,
    leg: (theirs, limit) => `select w.id, 0, 0, 0, false from unnest(${ends((p) => p.from)}, ${ends((p) => p.until)}) as p(since, until) cross join lateral (
        select t.id ${theirs} and t.occurred_at >= p.since and t.occurred_at < p.until order by t.occurred_at desc, t.id desc limit ${limit}) w`,
  }
}
