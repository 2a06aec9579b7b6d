import { once } from 'node:events'
import { giveBack } from './scratch'

/** Ends what the setup started. */
export default async function teardown(): Promise<void> {
  const keeper = globalThis.serversKeeper
  if (keeper && keeper.exitCode === null) {
    const ended = once(keeper, 'exit')
    keeper.stdin!.end()
    await ended
  }
  giveBack()
}
