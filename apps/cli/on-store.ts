import type { INestApplicationContext } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Settings } from '#config'
import { libsOf } from '../composition/libs'

/** Does one thing with the product's parts on the store itself, without serving: beside servers, where there may be several processes. */
export async function onStore(settings: Settings, work: (product: INestApplicationContext) => Promise<void>): Promise<void> {
  class Product {}
  const product = await NestFactory.createApplicationContext({ module: Product, imports: libsOf(settings, false) }, { logger: ['error', 'warn'], abortOnError: false })
  try {
    await work(product)
  } finally {
    await product.close()
  }
}
