import fc from 'fast-check'
import { isFiller } from './index'

describe('isFiller', () => {
  it.each([
    '', ' ', 'ok', 'OK!', 'okkkk', 'Thanks', 'thank you so much!', 'hm', 'hmmm...', 'lol', 'hahaha', 'Yes.', 'nope', '👍', '😂😂', '❤️', '?!', '...',
    'Hi there!', 'Good morning! How are you?', 'Thanks, Johanna!', 'Bye Tom!', 'Sounds good', 'No problem.', 'got it', 'yes yes', 'Wow, cool!', 'of course',
    'Danke schön', 'vielen Dank!', 'genau', 'guten Morgen', 'merci beaucoup', 'd’accord', 'ça va ?', 'muchas gracias', '¡Hola!', 'por favor', 'muito obrigado', 'tudo bem?',
    'grazie mille', 'va bene', 'dank je wel', 'goedemorgen', 'спасибо большое', 'Доброе утро!',
    'Alles klar, danke dir!', 'na gut', 'Bis morgen!', 'Très bien, merci', 'à demain',
    'ça marche', 'Muy bien, gracias', 'todo bien', 'Está bem, obrigada', 'tá bom', 'ok, grazie', 'a domani!', 'oké, top', 'Tot morgen', 'да, понял', 'Нет проблем', '没问题', 'なるほど',
    '고마워요', 'ขอบคุณครับ', '谢谢', '好的。', 'ありがとう', '감사합니다',
  ])('%j is', (text) => {
    expect(isFiller(text)).toBe(true)
  })

  it.each([
    'Lisbon', '42', 'No, blue.', 'yes, on Friday', 'Thanks for the book', 'I moved', 'ok google', 'my sister Ana', 'Hi, I am allergic to nuts', 'Max', 'I love it',
    'good idea about the boat', 'Hey Jude', 'thanks to Ana we won', 'hello world', 'I quit', 'vegan', 'Ja, am Montag', 'Danke für das Buch', 'non, jeudi',
    'sí, en Vigo', 'obrigada pelo bolo', 'no, il gatto', 'ja, om acht uur', 'да, в среду', 'Ho due gatti', '我喜欢猫', 'x = 5', 'A-', 'O+',
  ])('%j is not', (text) => {
    expect(isFiller(text)).toBe(false)
  })

  it('never throws, and a number is never filler', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof isFiller(text) === 'boolean'), { numRuns: 500 })
    fc.assert(fc.property(fc.nat(), (n) => !isFiller(`ok ${n}`)))
  })
})
