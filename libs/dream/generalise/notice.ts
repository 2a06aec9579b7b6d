import type { DayTrace } from '../phase'
import { mapInTurns } from '../turns'
import { type Action, actionsIn } from './actions'
import { type Decision, decisionsIn } from './decisions'
import { type Preference, preferencesIn } from './preferences'
import { type Statement, statementsOf } from './statement'

/** What people tell of themselves in one day. */
export interface Noticed {
  readonly statements: number
  readonly preferences: readonly Preference[]
  readonly decisions: readonly Decision[]
  readonly actions: readonly Action[]
}

/** Reads a day for preferences, decisions and doings, in turns of the event loop. Pure. */
export async function notice(traces: readonly DayTrace[]): Promise<Noticed> {
  const statements: Statement[] = (await mapInTurns(traces, statementsOf)).flat()
  return {
    statements: statements.length, preferences: preferencesIn(statements), decisions: decisionsIn(statements),
    actions: (await mapInTurns(statements, actionsIn)).flat(),
  }
}
