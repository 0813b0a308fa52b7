import { pino } from 'pino'
import { createApiKey, openDoor } from '../src/access/public.ts'
import type { Context } from '../src/platform/context.ts'
import { buildServer, type Door } from '../src/platform/http.ts'
import type { Page } from '../src/platform/http-page.ts'
import type { Route } from '../src/platform/route.ts'
import type { Scope } from '../src/platform/scopes.ts'
import { type Ask, call, type Reply } from './http-client.ts'
import { freshInstallation } from './installation.ts'

/** A server on an installation of its own, listening on a free port. */
export interface TestServer extends AsyncDisposable {
  readonly ctx: Context
  readonly base: string
  /** What was logged, a line of JSON each. */
  readonly logged: readonly string[]
  token(...scopes: readonly Scope[]): Promise<string>
  ask(path: string, token: string, ask?: Ask): Promise<Reply>
  dispose(): Promise<void>
}

export interface TestServerOptions {
  readonly routes: readonly Route[]
  readonly pages?: readonly Page[]
  readonly hosts?: readonly string[]
  readonly door?: (ctx: Context) => Door
}

export async function startServer(options: TestServerOptions): Promise<TestServer> {
  await using stack = new AsyncDisposableStack()
  const installation = stack.use(await freshInstallation())
  const logged: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const ctx = { ...installation.ctx, log }
  const app = await buildServer({
    ctx,
    door: (options.door ?? openDoor)(ctx),
    routes: options.routes,
    pages: options.pages ?? [],
    hosts: options.hosts ?? [],
    version: '1.2.3',
  })
  stack.defer(() => app.close())
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const resources = stack.move()
  const dispose = () => resources.disposeAsync()
  return {
    ctx,
    base,
    logged,
    token: async (...scopes) => (await createApiKey(ctx, { name: 'test', scopes })).token,
    ask: (path, token, { headers, ...rest } = {}) =>
      call(base, path, { ...rest, headers: { authorization: `Bearer ${token}`, ...headers } }),
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}
