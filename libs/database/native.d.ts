declare module 'fs-native-extensions' {
  /** Takes an exclusive lock on an open file, or answers false. */
  export function tryLock(fd: number): boolean
  export function unlock(fd: number): void
}

declare module 'pg-protocol/dist/parser' {
  export class Parser {
    parse(buffer: Buffer, callback: (message: unknown) => void): void
  }
}
