import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { jobs, routes } from '../src/app.ts'
import { healthRoute } from '../src/pages/health.ts'
import { homePage } from '../src/pages/home.ts'
import type { Route } from '../src/platform/route.ts'
import { type Scope, scopes } from '../src/platform/scopes.ts'
import { version } from '../src/version.ts'
import { call, json, type ProblemReply } from './http-client.ts'
import { startServer, type TestServer } from './http-server.ts'

let server: TestServer
before(async () => {
  server = await startServer({ routes, pages: [homePage(version)] })
})
after(() => server.dispose())

interface Description {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>
    readonly securitySchemes: Readonly<Record<string, unknown>>
  }
}

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: unknown }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description?: string
        readonly content?: Readonly<Record<string, { readonly schema: unknown }>>
      }
    >
  >
}

/** With something in place of each parameter: the door comes before the schemas. */
const pathOf = (route: Route): string => route.url.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')

const knock = (route: Route, token?: string) =>
  call(server.base, pathOf(route), {
    method: route.method,
    ...(route.method !== 'GET' && { body: {} }),
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  })

describe('who may call what', () => {
  for (const route of routes) {
    const { scope } = route
    const label = `${route.method} ${route.url}`
    if (scope === 'public') {
      test(`${label} answers anybody`, async () => {
        assert.ok(![401, 403].includes((await knock(route)).status))
      })
      continue
    }
    test(`${label} refuses whoever has no key`, async () => {
      assert.deepEqual([(await knock(route)).status, (await knock(route, 'dossier_x')).status], [401, 401])
    })
    test(`${label} refuses a key with every scope but ${scope}`, async () => {
      const reply = await knock(route, await server.token(...scopes.filter((other) => other !== scope)))
      assert.deepEqual([reply.status, json<ProblemReply>(reply).code], [403, 'access.scope-missing'])
    })
    test(`${label} lets a key with ${scope} in`, async () => {
      const { status } = await knock(route, await server.token(scope))
      assert.ok(![401, 403, 500].includes(status), String(status))
    })
  }
})

describe('the description of the API', () => {
  let document: Description
  before(async () => {
    document = json<Description>(await call(server.base, '/api/openapi.json'))
  })

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        label: `${method} ${path}`,
        path,
        method,
        operation,
      })),
    )

  test('is OpenAPI 3.1 and names this version', () => {
    assert.equal(document.openapi, '3.1.0')
    assert.deepEqual([document.info.title, document.info.version], ['Dossier', '1.2.3'])
  })

  test('has every route, and no other', () => {
    const declared = routes.map(
      ({ method, url }) => `${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`,
    )
    assert.deepEqual(
      operations()
        .map(({ label }) => label)
        .sort(),
      [...declared, 'get /api/openapi.json'].sort(),
    )
  })

  test('names each operation once, in the words of its verb', () => {
    const ids = operations().map(({ operation }) => operation.operationId ?? '')
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[a-z][A-Za-z]+$/)
  })

  test('says of each operation what it is for, and which scope it needs', () => {
    for (const { label, operation, path, method } of operations()) {
      assert.match(operation.summary ?? '', /^[A-Z].*[^.]$/, label)
      const route = routes.find(({ id }) => id === operation.operationId)
      if (!route || route.scope === 'public') {
        assert.deepEqual(operation.security, [], `${method} ${path}`)
      } else {
        assert.deepEqual(operation.security, [{ apiKey: [route.scope] }], label)
        assert.match(operation.description ?? '', new RegExp(`scope \`${route.scope}\``), label)
      }
    }
  })

  test('declares every parameter of a path, and none of a person', () => {
    for (const { label, path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const declared = (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name)
      assert.deepEqual(declared.sort(), inPath.sort(), label)
      for (const { name, in: place } of operation.parameters ?? [])
        if (place !== 'header')
          assert.doesNotMatch(name, /^(?:identifiers?|e?mail|phone|person|subject|birth\w*)$/i, label)
    }
  })

  test('lets no body take fields that are not declared', () => {
    for (const { label, operation } of operations())
      for (const { schema } of Object.values(operation.requestBody?.content ?? {}))
        for (const node of nodesOf(document, schema))
          if (node.type === 'object' && node.properties !== undefined)
            assert.equal(
              node.additionalProperties,
              false,
              `${label}: ${JSON.stringify(Object.keys(node.properties))}`,
            )
  })

  test('says what each operation answers, and that a refusal is a problem', () => {
    for (const { label, operation } of operations()) {
      const statuses = Object.keys(operation.responses)
      assert.equal(statuses.filter((status) => status.startsWith('2')).length, 1, label)
      for (const status of ['400', '429', '500']) assert.ok(statuses.includes(status), `${label} ${status}`)
      for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
        assert.ok(description, `${label} ${status}`)
        if (status.startsWith('2')) continue
        const problem = content['application/problem+json']?.schema
        assert.deepEqual(problem, { $ref: '#/components/schemas/Problem' }, `${label} ${status}`)
      }
    }
  })

  test('leads nowhere that is not there', () => {
    assert.ok(nodesOf(document, document.paths).some((node) => node.$ref !== undefined))
  })
})

interface Node {
  readonly $ref?: string
  readonly type?: unknown
  readonly properties?: object
  readonly additionalProperties?: unknown
}

/** Every object below, through references, each once. Throws where a reference leads nowhere. */
function nodesOf(document: Description, root: unknown, seen = new Set<unknown>()): Node[] {
  if (typeof root !== 'object' || root === null || seen.has(root)) return []
  seen.add(root)
  const node = root as Node
  const inner = Object.values(root)
  if (typeof node.$ref === 'string') {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(node.$ref)?.[1]
    assert.ok(name && name in document.components.schemas, node.$ref)
    inner.push(document.components.schemas[name])
  }
  return [node, ...inner.flatMap((value) => nodesOf(document, value, seen))]
}

test('names of routes and jobs are each used once', () => {
  for (const names of [routes.map(({ id }) => id), jobs.map(({ name }) => name)])
    assert.equal(new Set(names).size, names.length)
})

test('a scope that is not on the list cannot be asked for', () => {
  // @ts-expect-error: an undeclared scope is an error of types.
  const undeclared: Scope = 'everything:write'
  assert.equal(
    scopes.some((scope) => scope === undeclared),
    false,
  )
})

test('health tells a monitor whether version, database and evidence are well, without a key', async () => {
  const reply = await call(server.base, healthRoute(version).url)
  assert.equal(reply.status, 200)
  const { evidence, ...rest } = json<{ evidence: { entries: number; state: string } }>(reply)
  assert.deepEqual(rest, { status: 'ok', version, database: 'ok' })
  assert.equal(evidence.state, 'current')
  assert.equal(Number.isInteger(evidence.entries), true)
})
