import { Module } from '@nestjs/common'
import { ApiKeys } from './api-keys'

/** Who may ask for what. */
@Module({ providers: [ApiKeys], exports: [ApiKeys] })
export class AccessModule {}
