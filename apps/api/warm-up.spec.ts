import type { UserStore } from '#episodic-memory'
import { userOf } from '#kernel'
import type { RecallService } from '#recall'
import { fakes } from './testing/harness'
import { warmUp } from './warm-up'

describe('warming up', () => {
  const warm = (fake: ReturnType<typeof fakes>, stopped = (): boolean => false): Promise<void> =>
    warmUp(fake.recall as unknown as RecallService, fake.users as unknown as UserStore, stopped)

  it('asks of the user who has most, and reinforces nothing', async () => {
    const fake = fakes()
    fake.users.busiest.mockResolvedValue(userOf('ana'))
    await warm(fake)
    expect(fake.recall.recall.mock.calls.length).toBeGreaterThan(5)
    for (const [asked] of fake.recall.recall.mock.calls as unknown as [{ user: unknown; reinforce: boolean }][]) {
      expect(asked).toMatchObject({ user: userOf('ana'), reinforce: false })
    }
  })

  it('leaves off when the server stops, and when something is wrong', async () => {
    const stopping = fakes()
    await warm(stopping, () => stopping.recall.recall.mock.calls.length === 2)
    expect(stopping.recall.recall).toHaveBeenCalledTimes(2)
    const broken = fakes()
    broken.recall.recall.mockRejectedValueOnce(new Error('cold'))
    await warm(broken)
    expect(broken.recall.recall).toHaveBeenCalledTimes(1)
  })
})
