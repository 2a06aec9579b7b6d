/** The product over HTTP: a thin client that times each call and waits when it is told to. */
import { setTimeout as sleep } from 'node:timers/promises'

/** An answer outside 2xx, with what it said. */
export class HttpError extends Error {
  /** @param {string} what @param {number} status @param {string} body */
  constructor(what, status, body) {
    super(`${what} → ${status} ${body.slice(0, 500)}`)
    this.status = status
  }
}

export class Client {
  /** @param {string} url @param {{ key?: string, timeoutMs?: number }} [options] */
  constructor(url, { key, timeoutMs = 600_000 } = {}) {
    this.url = url.replace(/\/+$/, '')
    this.key = key
    this.timeoutMs = timeoutMs
  }

  /**
   * @param {string} method @param {string} path @param {unknown} [body]
   * @returns {Promise<{ body: any, ms: number }>} ms: from the request to the parsed answer, waiting after 429 and 503 left out
   */
  async call(method, path, body) {
    for (let attempt = 1; ; attempt++) {
      const from = performance.now()
      const answer = await fetch(this.url + path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(this.key ? { 'x-api-key': this.key } : {}) },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(this.timeoutMs),
      })
      const text = await answer.text()
      if ((answer.status === 429 || answer.status === 503) && attempt < 10) {
        await sleep(Math.min(30, Number(answer.headers.get('retry-after')) || 1) * 1000)
        continue
      }
      if (!answer.ok) throw new HttpError(`${method} ${path}`, answer.status, text)
      const parsed = text ? JSON.parse(text) : null
      return { body: parsed, ms: performance.now() - from }
    }
  }

  /** @param {Record<string, unknown>} body */
  remember(body) {
    return this.call('POST', '/memory', body)
  }

  /** Without reinforcement, so that one question does not change the answer to the next. @param {Record<string, unknown>} body */
  recall(body) {
    return this.call('POST', '/memory/recall', { reinforce: false, ...body })
  }

  /** @param {string} [user] @returns {Promise<any>} null where the status cannot be had */
  async status(user) {
    try { return (await this.call('GET', `/memory/status${user ? `?user_id=${encodeURIComponent(user)}` : ''}`)).body } catch { return null }
  }

  /** Leave a store that is not ours as it was found. @param {string} user */
  async removeUser(user) {
    try {
      await this.call('DELETE', `/users/${encodeURIComponent(user)}`)
    } catch (error) {
      console.error(`could not remove ${user}: ${error instanceof Error ? error.message : error}`)
    }
  }
}
