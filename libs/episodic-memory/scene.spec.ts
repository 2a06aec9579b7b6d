import { sceneText } from './scene'

describe('sceneText', () => {
  it('shows the turn before and the turn itself, a line each', () => {
    expect(sceneText(['What did you bake?'], 'A cake\nwith plums')).toBe('What did you bake?\nA cake with plums')
  })

  it('is the turn alone where none was before', () => {
    expect(sceneText([], 'hello')).toBe('hello')
  })

  it('keeps long turns short, and its own longer than its context', () => {
    const [context, own] = sceneText(['x'.repeat(999)], 'y'.repeat(999)).split('\n')
    expect(context!.length).toBeLessThan(own!.length)
    expect(own!.length).toBeLessThan(320)
  })

  it('never ends within a character', () => {
    expect(sceneText([], `${'a'.repeat(299)}😀`).isWellFormed()).toBe(true)
  })
})
