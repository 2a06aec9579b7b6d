import { Controller, Get, Header } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger'
import { ReverieError } from '#kernel'
import { Metrics } from '../http/metrics'
import { StatusReporter } from '../status-reporter'
import { HealthDto, ReadyDto } from '../wire/answers'

/** For monitors. */
@ApiTags('status')
@Controller()
export class HealthController {
  constructor(private readonly reporter: StatusReporter, private readonly metricsOf: Metrics) {}

  @Get('health')
  @ApiOperation({ summary: 'Alive, and how the store is', security: [] })
  @ApiOkResponse({ type: HealthDto })
  health(): Promise<HealthDto> {
    return this.reporter.health()
  }

  @Get('health/ready')
  @ApiOperation({ summary: '200 when the store answers and its schema is one that this build works on', security: [] })
  @ApiOkResponse({ type: ReadyDto })
  async ready(): Promise<ReadyDto> {
    const fault = await this.reporter.fault()
    if (fault) throw new ReverieError('unavailable', fault)
    return { status: 'ready' }
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'For Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  metrics(): Promise<string> {
    return this.metricsOf.registry.metrics()
  }
}
