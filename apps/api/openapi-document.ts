import { type DynamicModule, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { OpenAPIObject } from '@nestjs/swagger'
import { pino } from 'pino'
import { Settings } from '#config'
import { Database } from '#database'
import { Embedder } from '#embeddings'
import { SessionReader, StatsReader, Tombstones, TraceReader, UserStore } from '#episodic-memory'
import { DreamService } from '#dream'
import { ForgetService, Lifter, Purge, Receipts } from '#forget'
import { EdgeReader } from '#graph-memory'
import { JobQueue } from '#jobs'
import { Clock } from '#kernel'
import { ApiKeys, RateLimits } from '#access'
import { AiSettings } from '#llm'
import { Maintenance } from '#maintenance'
import { GraphReader, RecallLog, RecallService } from '#recall'
import { Collections, Connections, CorrectService, RememberService } from '#remember'
import { ExportService, ImportService } from '#transfer'
import { FocusBuffer } from '#working-memory'
import { ApiModule } from './api.module'
import { createAdapter } from './http/adapter'
import { openApiOf } from './http/openapi'

/** What the controllers ask for, so that none of it has to be opened to describe them. */
const SERVICES = [
  Settings, Database, Embedder, SessionReader, StatsReader, TraceReader, UserStore, ForgetService, Lifter, Purge, Receipts, Tombstones, EdgeReader,
  Clock, RecallService, RecallLog, GraphReader, Collections, Connections, CorrectService, RememberService, FocusBuffer, DreamService, JobQueue,
  AiSettings, ApiKeys, RateLimits, Maintenance, ExportService, ImportService,
]

@Module({})
class NoServices {}

/** The OpenAPI document without a running application. */
export async function openApiDocument(): Promise<OpenAPIObject> {
  const services: DynamicModule = {
    module: NoServices, global: true, providers: SERVICES.map((provide) => ({ provide, useValue: {} })), exports: SERVICES,
  }
  const module = ApiModule.forRoot(pino({ enabled: false }), [services])
  const app = await NestFactory.create(module, createAdapter(), { logger: false, abortOnError: false })
  return openApiOf(app)
}
