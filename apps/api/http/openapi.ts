import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger'
import { cleanupOpenApiDoc } from 'nestjs-zod'
import { VERSION } from '../version'
import { ErrorDto } from '../wire/answers'

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The OpenAPI document of an application. */
export function openApiOf(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Reverie')
    .setDescription('Human-like memory for AI agents: it remembers, recalls and explains why, and forgets for good.')
    .setVersion(VERSION)
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'key')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .addSecurityRequirements('key')
    .addSecurityRequirements('bearer')
    .build()
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (_controller, method) => method,
    extraModels: [ErrorDto],
  })
  const refusal = { description: 'Refused, or failed', content: { 'application/json': { schema: { $ref: getSchemaPath(ErrorDto) } } } }
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method]
      if (operation) operation.responses.default = refusal
    }
  }
  return cleanupOpenApiDoc(document)
}

/** Serves the document at /openapi.json and Swagger UI at /docs. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, openApiOf(app), { jsonDocumentUrl: 'openapi.json', raw: ['json'], customSiteTitle: 'Reverie' })
}
