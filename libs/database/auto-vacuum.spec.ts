import { AutoVacuum } from './auto-vacuum'

describe('the vacuum of a store that has none of its own', () => {
  beforeEach(() => jest.useFakeTimers())
  afterEach(() => jest.useRealTimers())

  function setUp() {
    const vacuum = jest.fn(async () => {})
    return { vacuum, auto: new AutoVacuum(vacuum) }
  }

  it('comes after enough rows, in a pause of the writing', async () => {
    const { vacuum, auto } = setUp()
    auto.wrote(999)
    await jest.advanceTimersByTimeAsync(20_000)
    expect(vacuum).not.toHaveBeenCalled()
    auto.wrote(1)
    await jest.advanceTimersByTimeAsync(400)
    auto.wrote(1)
    await jest.advanceTimersByTimeAsync(400)
    expect(vacuum).not.toHaveBeenCalled()
    await jest.advanceTimersByTimeAsync(200)
    expect(vacuum).toHaveBeenCalledTimes(1)
  })

  it('does not wait for ever while writing goes on', async () => {
    const { vacuum, auto } = setUp()
    for (let i = 0; i < 40; i++) {
      auto.wrote(2_000)
      await jest.advanceTimersByTimeAsync(300)
    }
    expect(vacuum).toHaveBeenCalled()
  })

  it('asks for more rows the more there are', async () => {
    const { vacuum, auto } = setUp()
    auto.wrote(100_000)
    await jest.advanceTimersByTimeAsync(1_000)
    auto.wrote(2_000)
    await jest.advanceTimersByTimeAsync(20_000)
    expect(vacuum).toHaveBeenCalledTimes(1)
  })

  it('survives a failure, and stops when told to', async () => {
    const { vacuum, auto } = setUp()
    vacuum.mockRejectedValueOnce(new Error('busy'))
    auto.wrote(5_000)
    await jest.advanceTimersByTimeAsync(1_000)
    auto.wrote(5_000)
    await jest.advanceTimersByTimeAsync(1_000)
    expect(vacuum).toHaveBeenCalledTimes(2)
    await auto.stop()
    auto.wrote(50_000)
    await jest.advanceTimersByTimeAsync(20_000)
    expect(vacuum).toHaveBeenCalledTimes(2)
  })
})
