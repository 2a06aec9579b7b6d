declare module 'fs-native-extensions' {
  /** Takes an exclusive lock on a file; false when it is held through another descriptor. */
  export function tryLock(fd: number): boolean
}
