import { Injectable } from '@nestjs/common'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'

/** What Prometheus reads. Labels are route templates and statuses: nothing of a user. */
@Injectable()
export class Metrics {
  readonly registry = new Registry()
  private readonly requests = new Counter({
    name: 'reverie_http_requests_total', help: 'Requests answered.', labelNames: ['method', 'route', 'status'], registers: [this.registry],
  })
  private readonly durations = new Histogram({
    name: 'reverie_http_request_duration_seconds', help: 'Time from request to answer.', labelNames: ['method', 'route'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5, 10], registers: [this.registry],
  })
  private readonly rememberedMessages = new Counter({
    name: 'reverie_remembered_total', help: 'Messages given to remember, by what became of them.', labelNames: ['status'], registers: [this.registry],
  })
  private readonly recalls = new Counter({
    name: 'reverie_recalls_total', help: 'Recalls, by whether every part of them worked.', labelNames: ['degraded'], registers: [this.registry],
  })
  private readonly recalledTraces = new Counter({ name: 'reverie_recalled_traces_total', help: 'Memories recalled.', registers: [this.registry] })
  private readonly forgottenTraces = new Counter({ name: 'reverie_forgotten_traces_total', help: 'Memories forgotten.', registers: [this.registry] })

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.requests.inc({ method, route, status })
    this.durations.observe({ method, route }, seconds)
  }

  remembered(results: readonly { readonly status: string }[]): void {
    for (const { status } of results) this.rememberedMessages.inc({ status })
  }

  recalled(traces: number, degraded: boolean): void {
    this.recalls.inc({ degraded: String(degraded) })
    this.recalledTraces.inc(traces)
  }

  forgotten(traces: number): void {
    this.forgottenTraces.inc(traces)
  }
}
