import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Settings } from '#config'
import { createLogger } from '../api/http/logging'
import { memoryServer } from '../api/mcp/memory-server'
import { endWith, startFailure } from '../composition/ending'
import { Upstream } from './upstream'

/**
 * Serves the tools of MCP on standard input and output, until the input ends. The host is answered at once; the first tool waits for the
 * memory. Standard output belongs to the protocol: everything else goes to standard error.
 */
export async function mcp(settings: Settings): Promise<void> {
  const logger = createLogger(settings)
  const upstream = new Upstream(settings, logger)
  endWith({ stop: () => upstream.close() }, logger, process)
  serveStdio(() => memoryServer((path, body) => upstream.post(path, body), settings.mcp.userId), {
    onerror: (error) => logger.warn({ type: error.name }, 'a message of the host could not be served'),
  })
  process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'))
  // A failure is told to the tools that come, and they try again: a host would only say that the server has gone.
  await upstream.find().catch((error: unknown) => console.error(startFailure(error)))
}
