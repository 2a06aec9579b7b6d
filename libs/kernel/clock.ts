/** Milliseconds of a day of 24 hours. */
export const DAY_MS = 86_400_000

/** The only source of the present. Injected, so that a test can say when it is. */
export abstract class Clock {
  abstract now(): Date
}

/** The machine's clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date()
  }
}

/** A clock that stands still until it is told otherwise. */
export class FixedClock extends Clock {
  constructor(private at: Date) {
    super()
  }

  now(): Date {
    return new Date(this.at)
  }

  set(at: Date): void {
    this.at = at
  }

  advance(ms: number): void {
    this.at = new Date(this.at.getTime() + ms)
  }
}
