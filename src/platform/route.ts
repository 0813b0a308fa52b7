import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Context } from './context.ts'
import type { Scope } from './scopes.ts'

/** What a handler is given: already checked by the route's schemas, and never checked again. */
export interface Input<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
}

export type SuccessStatus = 200 | 201 | 202

/**
 * A route as data. Identifiers of persons stand in bodies, never in a path or a query: those end up in the logs of
 * proxies. Schemas of input are strict all the way down; an answer is filtered by its schema.
 */
export interface RouteDeclaration<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Success extends z.ZodType,
> {
  /** The name of the operation in the API's description: camelCase, as its verb is called. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `:name` for each of `params`. */
  readonly url: `/api/${string}`
  /** What a key must be allowed to do; `public` needs no key. */
  readonly scope: Scope | 'public'
  /** One line without a full stop. */
  readonly summary: string
  readonly description?: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** Exactly one status, with the shape of its body. */
  readonly responses: Readonly<Partial<Record<SuccessStatus, Success>>>
  /** Further statuses its problems may have, beside those every route has; for the API's description. */
  readonly refusals?: readonly number[]
  /** A POST that only reads, since a person's identifiers may not stand in a URL: no answer of it is ever stored. */
  readonly reads?: true
  /** In bytes; 1 MiB unless said. */
  readonly bodyLimit?: number
  handler(
    ctx: Context,
    input: Input<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<z.output<Success>>
}

type AnyDeclaration = RouteDeclaration<z.ZodType, z.ZodType, z.ZodType, z.ZodType>

/** A declared route, its types forgotten. */
export interface Route extends Omit<AnyDeclaration, 'handler' | 'responses'> {
  readonly success: { readonly status: SuccessStatus; readonly schema: z.ZodType }
  run(ctx: Context, input: Input<unknown, unknown, unknown>): Promise<unknown>
}

/** The schema of a part that a route does not have. */
export const nothing = z.strictObject({})
type Nothing = typeof nothing

/** Declares a route. Throws when its schemas would let something pass unchecked: the product does not start then. */
export function route<
  Success extends z.ZodType,
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(declaration: RouteDeclaration<Params, Query, Body, Success>): Route {
  const { handler, responses, ...rest } = declaration
  const declared = Object.entries(responses)
  const [status, schema] = declared[0] ?? []
  const fail = (reason: string): never => {
    throw new Error(`route ${declaration.id}: ${reason}`)
  }
  if (declared.length !== 1 || !schema) return fail('one status of success, with its schema')
  if (declaration.method === 'GET' && declaration.body) return fail('a GET has no body')
  for (const part of ['params', 'query', 'body'] as const) {
    const open =
      declaration[part] &&
      openObject(z.toJSONSchema(declaration[part], { io: 'input', unrepresentable: 'any' }), part)
    if (open) return fail(`${open} accepts unknown keys: use z.strictObject`)
  }
  return {
    params: nothing,
    query: nothing,
    ...rest,
    success: { status: Number(status) as SuccessStatus, schema },
    // The server checks all three parts with these very schemas before it calls.
    run: (ctx, input) => handler(ctx, input as Input<z.output<Params>, z.output<Query>, z.output<Body>>),
  }
}

/** The first object inside a JSON Schema that takes keys nobody declared. Records take any key on purpose. */
function openObject(schema: unknown, path: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  const node = schema as Readonly<Record<string, unknown>>
  if (node.type === 'object' && node.properties !== undefined && node.additionalProperties !== false)
    return path
  for (const [key, inner] of Object.entries(node)) {
    const open = openObject(inner, `${path}.${key}`)
    if (open) return open
  }
  return undefined
}

/** A point in time: a Date in the program, ISO 8601 in UTC in JSON. */
export const instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})

export interface FileBody {
  /** Offered to whoever saves it; ASCII letters, digits, dots and dashes. */
  readonly name: string
  readonly content: Readable | Buffer
}

const mediaTypes = new WeakMap<z.ZodType, string>()

/** The schema of an answer that is a file to be saved. */
export function file(mediaType: string): z.ZodType<FileBody> {
  const schema = z.custom<FileBody>()
  mediaTypes.set(schema, mediaType)
  return schema
}

/** The media type of a `file`; undefined for a schema of JSON. */
export const mediaTypeOf = (schema: z.ZodType): string | undefined => mediaTypes.get(schema)
