import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problemDocument } from './http-refusal.ts'
import { mediaTypeOf, type Route, route } from './route.ts'
import { scopes } from './scopes.ts'

const about = `Finds, copies and erases a person's data in the systems a company already runs, and proves it.

Every call but the public ones carries an API key (\`npx dossier keys create\`) as \`Authorization: Bearer …\`. Identifiers
of persons stand in bodies, never in URLs. Unknown fields are refused. Whatever goes wrong is answered as RFC 9457, in
the language of \`Accept-Language\` (en, fr); \`code\` is the same in both. A POST may carry an \`Idempotency-Key\`: repeated
with the same key and body within 30 days it is answered as before and not done again.`

/** Prepares the description (OpenAPI 3.1) of all routes that are added afterwards. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Dossier',
        version,
        description: about,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This installation' }],
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: `An API key. Its scopes: ${scopes.join(', ')}.`,
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}

/** The route that hands the description out. */
export const apiDescription = (app: FastifyInstance): Route =>
  route({
    id: 'readApiDescription',
    method: 'GET',
    url: '/api/openapi.json',
    scope: 'public',
    summary: 'This description',
    responses: { 200: z.record(z.string(), z.unknown()) },
    handler: async () => ({ ...app.swagger() }),
  })

/** A route as Fastify and the description take it. */
export function describeRoute(route: Route): FastifySchema {
  const { status, schema } = route.success
  const mediaType = mediaTypeOf(route.success.schema)
  const content = mediaType
    ? { [mediaType]: { schema: z.string().meta({ format: 'binary' }) } }
    : { 'application/json': { schema } }
  const refusals = statusesOf(route).map((refusal) => [refusal, problemAnswer(refusal)] as const)
  return {
    operationId: route.id,
    summary: route.summary,
    description: [route.description, needs(route)].filter(Boolean).join('\n\n'),
    tags: [route.url.split('/')[2] ?? ''],
    security: route.scope === 'public' ? [] : [{ apiKey: [route.scope] }],
    params: route.params,
    querystring: route.query,
    ...(route.body && { body: route.body }),
    ...(storesAnswer(route) && { headers: idempotencyHeader }),
    response: { [status]: { description: 'Done', content }, ...Object.fromEntries(refusals) },
  } as FastifySchema
}

/** Calls whose answers are kept for a client that repeats them. */
export const storesAnswer = (route: Route): boolean =>
  route.method === 'POST' &&
  route.scope !== 'public' &&
  !route.reads &&
  mediaTypeOf(route.success.schema) === undefined

const idempotencyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .optional()
    .meta({ description: 'A random key per act: the same call with the same key is carried out once.' }),
})

const needs = ({ scope }: Route): string =>
  scope === 'public' ? 'Needs no key.' : `Needs a key with the scope \`${scope}\`.`

function statusesOf(route: Route): readonly number[] {
  const statuses = new Set([400, 429, 500, ...(route.refusals ?? [])])
  if (route.scope !== 'public') for (const status of [401, 403]) statuses.add(status)
  if (route.body) for (const status of [413, 415]) statuses.add(status)
  if (storesAnswer(route)) for (const status of [409, 422]) statuses.add(status)
  return [...statuses].sort((a, b) => a - b)
}

const problemAnswer = (status: number) => ({
  description: STATUS_CODES[status] ?? 'Refused',
  content: { 'application/problem+json': { schema: problemDocument } },
})
