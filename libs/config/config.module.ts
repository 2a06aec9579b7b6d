import { type DynamicModule, Module } from '@nestjs/common'
import { Settings } from './settings'

/** Provides the settings to the whole application. */
@Module({})
export class ConfigModule {
  static forRoot(settings: Settings): DynamicModule {
    return { module: ConfigModule, global: true, providers: [{ provide: Settings, useValue: settings }], exports: [Settings] }
  }
}
