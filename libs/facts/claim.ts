/** What a fact says: who, which relation, what; `negated`: that it is not so. Subject and object as people read them. */
export interface Triple {
  readonly subject: string
  readonly predicate: string
  readonly object: string
  readonly negated?: boolean
}

/** A triple as one statement says it. */
export interface Claim {
  readonly triple: Triple
  /** 0..1: how surely the statement says so. */
  readonly confidence: number
  /** From when on it holds, when the statement says so; never after the statement. */
  readonly from?: Date
  /** Until when it holds at least: the statement itself, but for what happened at some time before, the end of that time ("in 2019"). */
  readonly holds: Date
  /** The statement tells of a change (moved, started, now), not of a state alone. */
  readonly changed: boolean
}

/** Who said something, when and where. */
export interface Spoken {
  /** Name of the speaker; undefined for the user without a name. */
  readonly speaker: string | undefined
  readonly at: Date
  /** IANA time zone. */
  readonly zone: string
}

/** The subject of what a user without a name says of themselves. */
export const SELF = 'user'
