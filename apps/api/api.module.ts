import { type DynamicModule, Module } from '@nestjs/common'
import { APP_FILTER, APP_PIPE } from '@nestjs/core'
import { LoggerModule } from 'nestjs-pino'
import type { Logger } from 'pino'
import { CollectionsController } from './controllers/collections.controller'
import { ConnectionsController } from './controllers/connections.controller'
import { ContextController } from './controllers/context.controller'
import { DreamController } from './controllers/dream.controller'
import { FocusController } from './controllers/focus.controller'
import { ForgetController } from './controllers/forget.controller'
import { FragmentsController } from './controllers/fragments.controller'
import { GraphController } from './controllers/graph.controller'
import { HealthController } from './controllers/health.controller'
import { JobsController } from './controllers/jobs.controller'
import { KeysController } from './controllers/keys.controller'
import { MaintenanceController } from './controllers/maintenance.controller'
import { McpController } from './controllers/mcp.controller'
import { MemoryController } from './controllers/memory.controller'
import { PatternsController } from './controllers/patterns.controller'
import { PreferencesController } from './controllers/preferences.controller'
import { ProjectsController } from './controllers/projects.controller'
import { RecallController } from './controllers/recall.controller'
import { SessionsController } from './controllers/sessions.controller'
import { SettingsController } from './controllers/settings.controller'
import { StatusController } from './controllers/status.controller'
import { TombstonesController } from './controllers/tombstones.controller'
import { TransferController } from './controllers/transfer.controller'
import { UsersController } from './controllers/users.controller'
import { DreamEvents } from './dream-events'
import { Forgetter } from './forgetter'
import { ErrorFilter } from './http/error.filter'
import { loggerParams } from './http/logging'
import { Metrics } from './http/metrics'
import { ValidationPipe } from './http/validation.pipe'
import { Learnt } from './learnt'
import { Prompter } from './prompter'
import { Recaller } from './recaller'
import { StatusReporter } from './status-reporter'
import { UserZones } from './user-zones'

/** HTTP over whatever provides the flows and stores: the real libs, or a test's fakes. */
@Module({})
export class ApiModule {
  static forRoot(logger: Logger, libs: DynamicModule['imports'] = []): DynamicModule {
    return {
      module: ApiModule,
      imports: [LoggerModule.forRoot(loggerParams(logger)), ...libs],
      // OpenAPI lists paths in this order.
      controllers: [
        GraphController, MemoryController, ConnectionsController, RecallController, ContextController, ForgetController, DreamController, FocusController,
        SessionsController, ProjectsController, CollectionsController, PreferencesController, PatternsController, FragmentsController, StatusController,
        TransferController, UsersController, KeysController, TombstonesController, JobsController, MaintenanceController, SettingsController, McpController,
        HealthController,
      ],
      providers: [
        DreamEvents, Forgetter, Learnt, Metrics, Prompter, Recaller, StatusReporter, UserZones,
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    }
  }
}
