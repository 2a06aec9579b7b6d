import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common'
import type { ZodDto } from 'nestjs-zod'
import { invalid, ReverieError } from '#kernel'
import type { z } from 'zod'
import { describeIssues } from './issues'

const WHERE: Readonly<Record<string, string>> = { body: 'body', query: 'query', param: 'path', custom: 'request' }

/** Checks bodies, queries and paths against the schema of their DTO, and names every field that breaks a rule. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (!isDto(metatype)) return value
    // No body at all is one without fields: what it lacks is then named.
    const read = metatype.schema.safeParse(value === undefined && type === 'body' ? {} : value, { reportInput: true })
    if (read.success) return read.data
    const issues = describeIssues(read.error.issues, WHERE[type]!)
    throw new ReverieError(
      issues.some((issue) => issue.tooLarge) ? 'too_large' : 'invalid_request',
      issues.map(({ field, message }) => `${field}: ${message}`).join('; '),
      { field: issues[0]!.field, issues: issues.map(({ field, message }) => ({ field, message })) },
    )
  }
}

/** For routes that take no parameters: refuses those that are given. */
@Injectable()
export class NothingPipe implements PipeTransform {
  transform(value: object): object {
    const [name] = Object.keys(value)
    if (name !== undefined) throw invalid(name.slice(0, 128), 'is not a known field')
    return value
  }
}

function isDto(metatype: unknown): metatype is ZodDto<z.ZodType> {
  return typeof metatype === 'function' && 'isZodDto' in metatype && metatype.isZodDto === true
}
