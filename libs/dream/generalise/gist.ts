import type { DerivedTrace } from '../change'
import type { Dream } from '../phase'

/** What a trace made of these inherits: as salient as the most salient of them on the day, of a project when all are. Pure. */
export function gist(dream: Dream, sources: readonly string[]): Pick<DerivedTrace, 'salience' | 'retention' | 'project'> {
  const ids = new Set(sources)
  const own = dream.traces.filter((trace) => ids.has(trace.id))
  const projects = new Set(own.map((trace) => trace.project))
  return {
    salience: Math.max(0.5, ...own.map((trace) => trace.salience)),
    retention: own.length > 0 && own.every((trace) => trace.retention === 'project') ? 'project' : 'personal',
    project: projects.size === 1 ? [...projects][0] : null,
  }
}
