import { baseUrlFault, baseUrlOf } from './base-url'

describe('the base URL of an endpoint', () => {
  it.each([
    ['https://api.openai.com/v1', ['public']], ['https://api.example.com./v1', ['public']], ['https://93.184.215.14/v1', ['public']], ['https://[2606:2800:21f::1]/v1', ['public']],
    ['http://localhost:11434/v1', ['localhost']], ['http://127.0.0.1:8000/v1', ['public', '127.0.0.1:8000']], ['https://llm.internal/v1', ['LLM.internal:443']],
    ['http://[::1]:11434/v1', ['[::1]']],
  ])('is allowed: %s by %j', (url, allowed) => {
    expect(baseUrlFault(url, allowed)).toBeUndefined()
  })

  it.each([
    'https://localhost/v1', 'https://a.localhost/v1', 'https://127.0.0.1/v1', 'https://127.1/v1', 'https://2130706433/v1', 'https://0x7f.0.0.1/v1', 'https://0/v1', 'https://10.1.2.3/v1',
    'https://172.31.0.1/v1', 'https://192.168.1.1/v1', 'https://169.254.169.254/v1', 'https://100.100.0.1/v1', 'https://[::1]/v1', 'https://[::]/v1', 'https://[::ffff:127.0.0.1]/v1',
    'https://[::ffff:a00:1]/v1', 'https://[fd00::1]/v1', 'https://[fe80::1]/v1', 'https://[64:ff9b::7f00:1]/v1', 'https://ollama/v1', 'https://metadata.google.internal/v1',
    'https://printer.local/v1', 'https://LOCALHOST./v1', 'https://\uff11\uff12\uff17.0.0.1/v1',
  ])('is not public, and refused unless it is named: %s', (url) => {
    expect(baseUrlFault(url, ['public'])).toContain('LLM_ALLOWED_HOSTS')
    expect(baseUrlFault(url, ['public', new URL(url).hostname.replace(/\.$/, '')])).toBeUndefined()
  })

  it.each([
    ['http://api.example.com/v1', ['public'], 'https://'], ['https://api.example.com/v1', [], 'LLM_ALLOWED_HOSTS'], ['http://127.0.0.1:8001', ['127.0.0.1:8000'], 'LLM_ALLOWED_HOSTS'],
    ['https://example.com.evil.net', ['example.com'], 'LLM_ALLOWED_HOSTS'], ['ftp://api.example.com', ['public'], 'begin with'], ['file:///etc/passwd', ['public'], 'begin with'],
    ['https://key@api.example.com', ['public'], 'password'], ['https://api.example.com@127.0.0.1/', ['public'], 'password'], ['https://a.example.com/?x=1', ['public'], 'path'],
    ['https://a.example.com/#x', ['public'], 'path'], ['api.example.com', ['public'], 'address like'],
  ])('is refused: %s by %j', (url, allowed, why) => {
    expect(baseUrlFault(url, allowed)).toContain(why)
  })

  it('is kept without a slash at its end', () => {
    expect(baseUrlOf('HTTPS://API.example.com:443/v1//')).toBe('https://api.example.com/v1')
  })
})
