import { sessionUuid } from '#kernel'
import type { EdgeLine, EndLine, Line, SessionLine, TraceLine } from './format'
import { IdSet } from './id-set'
import type { Problem } from './transfer.types'

const ORDER = ['header', 'session', 'trace', 'edge', 'end'] as const

/** What must hold between the lines of an import: their order, and that what they name is there. Keeps ids, not lines. */
export class Structure {
  private at = -1
  private readonly sessions = new IdSet()
  private readonly traces = new IdSet()
  private edges = 0
  private readonly successors: { readonly line: number; readonly id: string }[] = []

  /** What is wrong with the next line. */
  next(number: number, line: Line): Problem[] {
    const rank = ORDER.indexOf(line.line)
    const problem = (field: string, message: string): Problem[] => [{ line: number, field, message }]
    if (this.at < 0 && rank > 0) return this.skipTo(rank, problem('line', 'must be the header'))
    if (rank === 0 && this.at >= 0) return problem('line', 'is a second header')
    if (this.at === ORDER.length - 1) return problem('line', 'stands after the end')
    if (rank < this.at) return problem('line', `must stand before the ${ORDER[this.at]}s`)
    const left = this.at < 3 && rank >= 3 ? this.missingSuccessors() : []
    this.at = rank
    switch (line.line) {
      case 'session':
        return this.sessions.add(nameId(line)) ? [] : problem('session_id', 'is that of an earlier line')
      case 'trace':
        return this.trace(number, line, problem)
      case 'edge':
        this.edges++
        return [...left, ...this.ends(line).flatMap((end) => problem(end, 'is no trace of this import'))]
      case 'end':
        return [...left, ...this.miscounted(line).flatMap((what) => problem(what, 'is not the number of lines that came: some are missing'))]
      default:
        return []
    }
  }

  /** What is wrong when no line follows. */
  end(lines: number): Problem[] {
    if (lines === 0) return [{ line: 1, field: 'line', message: 'must be the header: the import is empty' }]
    return this.at === ORDER.length - 1 ? [] : [{ line: lines, field: 'line', message: 'must be followed by the end: the import was cut off' }]
  }

  private skipTo(rank: number, problems: Problem[]): Problem[] {
    this.at = rank
    return problems
  }

  private trace(number: number, line: TraceLine, problem: (field: string, message: string) => Problem[]): Problem[] {
    const problems: Problem[] = []
    if (!this.traces.add(line.id)) problems.push(...problem('id', 'is that of an earlier line'))
    if (line.session_id !== null && !this.sessions.has(nameId(line as { session_id: string }))) problems.push(...problem('session_id', 'is no session of this import'))
    if (typeof line.place === 'number' && line.session_id === null) problems.push(...problem('place', 'is a number only within a session'))
    if (line.superseded_by !== null) this.successors.push({ line: number, id: line.superseded_by })
    return problems
  }

  private missingSuccessors(): Problem[] {
    const missing = this.successors.filter(({ id }) => !this.traces.has(id))
    return missing.map(({ line }) => ({ line, field: 'superseded_by', message: 'is no trace of this import' }))
  }

  private ends({ src, dst }: EdgeLine): ('src' | 'dst')[] {
    return (['src', 'dst'] as const).filter((end) => !this.traces.has(end === 'src' ? src : dst))
  }

  private miscounted(end: EndLine): ('sessions' | 'traces' | 'edges')[] {
    const came = { sessions: this.sessions.size, traces: this.traces.size, edges: this.edges }
    return (['sessions', 'traces', 'edges'] as const).filter((what) => end[what] !== came[what])
  }
}

/** A session by name, as the set keeps it. */
function nameId({ session_id }: Pick<SessionLine, 'session_id'>): string {
  return sessionUuid('', session_id)
}
