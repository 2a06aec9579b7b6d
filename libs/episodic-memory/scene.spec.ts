import { sceneText } from './scene'

const turn = (content: string, speaker: string | null = 'Ana', role = 'user') => ({ content, speaker, role })

describe('sceneText', () => {
  it('shows the two turns before and the turn itself, a line each', () => {
    expect(sceneText([turn('one'), turn('two', 'Bo'), turn('three')], turn('four', 'Bo'))).toBe('Bo: two\nAna: three\nBo: four')
  })

  it('names the role where no speaker is known', () => {
    expect(sceneText([], turn('hello', null, 'assistant'))).toBe('assistant: hello')
  })

  it('keeps long turns short, and its own longer than its context', () => {
    const [context, own] = sceneText([turn('x'.repeat(999))], turn('y'.repeat(999))).split('\n')
    expect(context!.length).toBeLessThan(own!.length)
    expect(own!.length).toBeLessThan(270)
  })

  it('never ends within a character', () => {
    expect(sceneText([], turn(`${'a'.repeat(249)}😀`)).isWellFormed()).toBe(true)
  })
})
