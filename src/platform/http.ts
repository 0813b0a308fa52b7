import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { z } from 'zod'
import { uuidv7 } from './bytes.ts'
import type { Actor, Context } from './context.ts'
import { traceOf } from './error-trace.ts'
import { securityHeaders } from './http-headers.ts'
import { chooseLanguage } from './http-language.ts'
import { checkHost, checkOrigin } from './http-origin.ts'
import { type Page, renderPage } from './http-page.ts'
import { type InputPart, InvalidInput, problemType, refuse } from './http-refusal.ts'
import { type Answer, onlyOnce } from './idempotency.ts'
import { apiDescription, describeApi, describeRoute, storesAnswer } from './openapi.ts'
import { isProblem } from './problem.ts'
import { problem } from './problems.ts'
import { type FileBody, mediaTypeOf, type Route } from './route.ts'
import type { Scope } from './scopes.ts'
import { isLanguage, type Language } from './texts.ts'

/** Who stands at the door; `access` does. */
export interface Door {
  /** Throws the Problem (401, 403, 429) that keeps a caller out. */
  admit(
    caller: { readonly authorization: string | undefined; readonly address: string },
    scope: Scope | 'public',
  ): Promise<Actor>
}

export interface HttpOptions {
  readonly ctx: Context
  readonly door: Door
  readonly routes: readonly Route[]
  readonly pages: readonly Page[]
  /** Names, beside localhost, by which the server may be addressed. */
  readonly hosts: readonly string[]
  readonly version: string
  /** Called after each call that may have changed something. */
  readonly onActivity?: () => void
}

const defaultBodyLimit = 1_048_576

type LanguageOf = (request: FastifyRequest) => Language

/** The server: routes under /api, pages beside them, and nothing else. Listening is up to the caller. */
export async function buildServer(options: HttpOptions): Promise<FastifyInstance> {
  const { ctx } = options
  const languageOf: LanguageOf = (request) => chooseLanguage(request.headers['accept-language'], ctx.language)
  const app = createApp((error, request, reply) =>
    answerError(ctx, languageOf(request), error, request, reply),
  )
  readOnlyJson(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-request-id': request.id })
    checkHost(request.headers.host, options.hosts)
    checkOrigin(request.method, request.headers)
  })
  app.addHook('onResponse', async (request, reply) => {
    // The pattern, never the URL: what stands in it is the caller's.
    const { url = 'unmatched' } = request.routeOptions
    const { id, method } = request
    const ms = Math.round(reply.elapsedTime)
    ctx.log.info({ request: id, method, route: url, status: reply.statusCode, ms }, 'call')
    if (method !== 'GET' && method !== 'HEAD') options.onActivity?.()
  })
  await describeApi(app, options.version)
  for (const route of [...options.routes, apiDescription(app)]) addRoute(app, route, options, languageOf)
  for (const page of options.pages) addPage(app, page, options, languageOf)
  return app
}

type AnswerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

function createApp(answer: AnswerError): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: defaultBodyLimit,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: () => uuidv7(new Date()),
    frameworkErrors: (error, request, reply) => void answer(error, request, reply),
    clientErrorHandler: (_error, socket) => {
      if (socket.writable)
        socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    },
  })
  app.setErrorHandler((error, request, reply) => answer(error, request, reply))
  app.setNotFoundHandler((request, reply) => answer(problem('platform.not-found'), request, reply))
  return app
}

/** Fastify would also take text/plain, which a form of another site can send without asking first. */
function readOnlyJson(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parseJson(request, String(body), done),
  )
  app.setValidatorCompiler<z.ZodType>(
    ({ schema, httpPart }) =>
      (input) =>
        validate(schema, httpPart, input),
  )
  app.setSerializerCompiler(() => JSON.stringify)
}

function answerError(
  ctx: Context,
  language: Language,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  // A URL that cannot be read has no route.
  const bodyLimit = request.routeOptions?.bodyLimit ?? defaultBodyLimit
  const { status, headers, body } = refuse(error, language, request.id, bodyLimit)
  if (status >= 500) ctx.log.error({ request: request.id, ...traceOf(error) }, 'failed')
  return reply
    .status(status)
    .headers({ ...securityHeaders, ...headers })
    .type(problemType)
    .send(body)
}

/** Remembered instead of answered at once: its sentences are in the language of the caller, whom a schema does not know. */
function validate(schema: z.ZodType, httpPart: string | undefined, input: unknown) {
  if (httpPart === 'headers') return { value: input }
  const result = schema.safeParse(input)
  const part: InputPart = httpPart === 'params' ? 'params' : httpPart === 'querystring' ? 'query' : 'body'
  return result.success ? { value: result.data } : { error: new InvalidInput(schema, part, input) }
}

function addRoute(app: FastifyInstance, route: Route, options: HttpOptions, languageOf: LanguageOf): void {
  const admitted = new WeakMap<FastifyRequest, Actor>()
  const sent = new WeakMap<FastifyRequest, unknown>()
  app.route({
    method: route.method,
    url: route.url,
    schema: describeRoute(route),
    bodyLimit: route.bodyLimit ?? defaultBodyLimit,
    // Before the body is read: a stranger's megabyte is not ours to parse.
    async onRequest(request) {
      const { authorization } = request.headers
      admitted.set(request, await options.door.admit({ authorization, address: request.ip }, route.scope))
    },
    async preValidation(request) {
      if (!route.body && request.body !== undefined)
        throw new InvalidInput(z.undefined(), 'body', request.body)
      sent.set(request, request.body)
    },
    async handler(request, reply) {
      const language = languageOf(request)
      const actor = admitted.get(request)
      if (!actor) throw problem('platform.unexpected')
      const ctx = { ...options.ctx, actor, language, log: options.ctx.log.child({ request: request.id }) }
      const act = () => route.run(ctx, { params: request.params, query: request.query, body: request.body })
      const mediaType = mediaTypeOf(route.success.schema)
      if (mediaType !== undefined) return sendFile(reply, mediaType, (await act()) as FileBody)
      const { answer, replayed } = await answerOnce(ctx, route, request, sent.get(request), () =>
        answerJson(route, act),
      )
      if (replayed) reply.header('idempotency-replayed', 'true')
      return reply.status(answer.status).type(answer.type).send(Buffer.from(answer.body))
    },
  })
}

async function answerJson(route: Route, act: () => Promise<unknown>): Promise<Answer> {
  const { status, schema } = route.success
  const body = JSON.stringify(z.encode(schema, await act()))
  return { status, type: 'application/json; charset=utf-8', body }
}

/** Answers of acts are kept for calls that are repeated; so are refusals the act itself came to. */
async function answerOnce(
  ctx: Context,
  route: Route,
  request: FastifyRequest,
  body: unknown,
  act: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly replayed: boolean }> {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !storesAnswer(route)) return { answer: await act(), replayed: false }
  const call = {
    caller: `${ctx.actor.kind}:${ctx.actor.id}`,
    key,
    method: route.method,
    url: request.url,
    body,
  }
  return onlyOnce(ctx, call, async () => {
    try {
      return await act()
    } catch (error) {
      if (!isProblem(error) || error.status >= 500) throw error
      const { status, body } = refuse(error, ctx.language, request.id, defaultBodyLimit)
      return { status, type: problemType, body }
    }
  })
}

function sendFile(reply: FastifyReply, mediaType: string, { name, content }: FileBody): FastifyReply {
  const safeName = name.replace(/[^\w.-]/g, '-')
  return reply
    .type(mediaType)
    .header('content-disposition', `attachment; filename="${safeName}"`)
    .send(content)
}

function addPage(app: FastifyInstance, page: Page, options: HttpOptions, languageOf: LanguageOf): void {
  app.route({
    method: 'GET',
    url: page.url,
    schema: { hide: true },
    async handler(request, reply) {
      const actor = await options.door.admit({ authorization: undefined, address: request.ip }, 'public')
      const { lang } = request.query as { lang?: unknown }
      const language = typeof lang === 'string' && isLanguage(lang) ? lang : languageOf(request)
      const { markup, policy } = renderPage(language, await page.render({ ...options.ctx, actor, language }))
      return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(markup)
    },
  })
}
