import { closeStatement, cString, frame, FrameReader, listens, readAnswer, renameStatement, sqlOf, SYNC } from './wire'

const rename = (name: string) => `c1_${name}`
const renamed = (type: string, body: Buffer) => renameStatement({ type, bytes: frame(type, body) }, rename).subarray(5).toString('latin1')

it('cuts frames out of pieces of any size', () => {
  const startup = Buffer.concat([Buffer.from([0, 0, 0, 9]), Buffer.from('hello')])
  const stream = Buffer.concat([startup, frame('Q', cString('select 1')), SYNC])
  for (let size = 1; size <= stream.length; size++) {
    const reader = new FrameReader()
    const frames = []
    for (let at = 0; at < stream.length; at += size) frames.push(...reader.read(stream.subarray(at, at + size)))
    expect(frames.map((f) => [f.type, f.bytes.length])).toEqual([['', 9], ['Q', 14], ['S', 5]])
  }
})

it('renames statements where messages name them, and nothing else', () => {
  expect(renamed('P', Buffer.concat([cString('s'), cString('select'), Buffer.alloc(2)]))).toBe('c1_s\0select\0\0\0')
  expect(renamed('P', Buffer.concat([cString(''), cString('select'), Buffer.alloc(2)]))).toBe('\0select\0\0\0')
  expect(renamed('B', Buffer.concat([cString('portal'), cString('s'), Buffer.alloc(2)]))).toBe('portal\0c1_s\0\0\0')
  expect(renamed('D', Buffer.from('Ss\0'))).toBe('Sc1_s\0')
  expect(renamed('D', Buffer.from('Ps\0'))).toBe('Ps\0')
  expect(renameStatement({ type: 'C', bytes: closeStatement('s') }, rename)).toEqual(closeStatement('c1_s'))
  expect(renameStatement({ type: 'S', bytes: SYNC }, rename)).toBe(SYNC)
})

it('finds the SQL', () => {
  expect(sqlOf({ type: 'Q', bytes: frame('Q', cString('sélect')) })).toBe('sélect')
  expect(sqlOf({ type: 'P', bytes: frame('P', Buffer.concat([cString('name'), cString('select'), Buffer.alloc(2)])) })).toBe('select')
  expect(sqlOf({ type: 'S', bytes: SYNC })).toBeUndefined()
})

it('takes notifications out of an answer', () => {
  const note = frame('A', Buffer.concat([Buffer.alloc(4), cString('channel'), cString('payload')]))
  const done = frame('C', cString('NOTIFY'))
  const ready = frame('Z', Buffer.from('T'))
  const answer = readAnswer(Buffer.concat([done, note, note, ready]))
  expect(answer.own).toEqual(Buffer.concat([done, ready]))
  expect(answer.notifications).toEqual([{ channel: 'channel', bytes: note }, { channel: 'channel', bytes: note }])
  expect(answer.status).toBe('T')
  expect(readAnswer(Buffer.alloc(0)).status).toBeUndefined()
})

it('finds LISTEN and UNLISTEN', () => {
  expect(listens('LISTEN "a""B"; unlisten *; listen Plain ;select 1')).toEqual([
    { channel: 'a"B', stop: false }, { channel: '*', stop: true }, { channel: 'plain', stop: false },
  ])
  expect(listens('-- Subscribe; listen to nothing\nLISTEN jobs')).toEqual([{ channel: 'jobs', stop: false }])
  expect(listens(`select 'listen to me'`)).toEqual([])
})
