import { Readable } from 'node:stream'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { ApiBody, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { MemoryApi } from '../mcp/memory-api'
import { memoryServer } from '../mcp/memory-server'

/** Headers that say who asks; each tool's own request has them too. */
const CREDENTIALS = ['x-api-key', 'authorization']

/** The tools for agents, by the Model Context Protocol over streamable HTTP. Stateless: each request is served by a server of its own. */
@ApiTags('mcp')
@Controller('mcp')
export class McpController {
  /** Nothing here changes by itself, so there is nothing to subscribe to; an open subscription would only keep the server from stopping. */
  private readonly handler = createMcpHandler(({ requestInfo }) => memoryServer(this.apiFor(requestInfo!.headers)), { maxSubscriptions: 0 })

  constructor(private readonly host: HttpAdapterHost) {}

  @Post()
  @ApiOperation({ summary: 'Model Context Protocol: tools remember, recall, forget and dream' })
  @ApiBody({ schema: { type: 'object', description: 'A JSON-RPC message.' } })
  @ApiOkResponse({ schema: { type: 'object', description: 'A JSON-RPC message, or a stream with one.' } })
  async mcp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const headers = Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : []))
    const asked = new Request(`http://${request.headers.host ?? 'localhost'}${request.url}`, { method: request.method, headers })
    const answer = await this.handler.fetch(asked, { parsedBody: request.body })
    void reply.status(answer.status).headers(Object.fromEntries(answer.headers))
    await reply.send(answer.body ? Readable.fromWeb(answer.body) : '')
  }

  // Sessions of the protocol's older form; without state there are none, and the handler says so.
  @Get()
  @ApiExcludeEndpoint()
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.mcp(request, reply)
  }

  @Delete()
  @ApiExcludeEndpoint()
  endSession(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.mcp(request, reply)
  }

  /** The API of this very server, as whoever sent these headers. */
  private apiFor(headers: Headers): MemoryApi {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>()
    const credentials = Object.fromEntries(CREDENTIALS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)!]] : [])))
    return async (path, body) => {
      const answer = await fastify.inject({ method: 'POST', url: path, payload: body, headers: credentials })
      return { status: answer.statusCode, body: answer.json() }
    }
  }
}
