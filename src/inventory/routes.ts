import type { Context } from '../platform/context.ts'
import { file, type Route, route } from '../platform/route.ts'
import { say } from '../platform/texts.ts'
import { acceptMap } from './accept-map.ts'
import { addSystem } from './add-system.ts'
import { exportMap } from './export-map.ts'
import { importMap } from './import-map.ts'
import { latestDrift } from './latest-drift.ts'
import { listSystems } from './list-systems.ts'
import { mapCoverage } from './map-coverage.ts'
import { removeSystem } from './remove-system.ts'
import { scanSystems } from './scan-systems.ts'
import * as schemas from './schemas.ts'
import { showMap } from './show-map.ts'
import { testSystem, type UseReport } from './test-system.ts'

/** The same verbs as the commands `systems`, `scan` and `map`. */
export const inventoryRoutes: readonly Route[] = [
  route({
    id: 'listSystems',
    method: 'GET',
    url: '/api/systems',
    scope: 'systems:read',
    summary: 'Every system Dossier knows',
    responses: { 200: schemas.systemList },
    handler: async (ctx) => writable({ systems: await listSystems(ctx) }),
  }),
  route({
    id: 'addSystem',
    method: 'POST',
    url: '/api/systems',
    scope: 'systems:write',
    summary: 'Make a system known, or give one a new address',
    body: schemas.newSystem,
    responses: { 201: schemas.addedSystem },
    refusals: [409, 503],
    handler: async (ctx, { body }) => ({
      system: await addSystem(ctx, { ...body, baseDirectory: ctx.paths.data }),
    }),
  }),
  route({
    id: 'testSystem',
    method: 'POST',
    url: '/api/systems/:name/test',
    scope: 'systems:read',
    summary: 'Try to read and to erase with the stored credentials; changes nothing',
    params: schemas.systemName,
    responses: { 200: schemas.systemReport },
    refusals: [404],
    reads: true,
    handler: async (ctx, { params }) => {
      const report = await testSystem(ctx, params.name)
      const { ownCredentials } = report.erase
      const erase = { ...asUse(ctx, report.erase), ownCredentials }
      return writable({ ...report, read: asUse(ctx, report.read), erase })
    },
  }),
  route({
    id: 'removeSystem',
    method: 'DELETE',
    url: '/api/systems/:name',
    scope: 'systems:write',
    summary: 'Forget a system and its credentials; nothing in it is changed',
    params: schemas.systemName,
    query: schemas.removal,
    responses: { 200: schemas.removedSystem },
    refusals: [404, 409],
    handler: async (ctx, { params, query }) => ({ removed: await removeSystem(ctx, params.name, query) }),
  }),
  route({
    id: 'scanSystems',
    method: 'POST',
    url: '/api/scan',
    scope: 'systems:write',
    summary: 'Read the shape of systems and propose what their fields hold',
    body: schemas.scanInput,
    responses: { 200: schemas.scanResult },
    refusals: [404],
    handler: async (ctx, { body }) => {
      const { systems, unreachable, drift } = await scanSystems(ctx, body)
      return writable({
        systems,
        unreachable: unreachable.map((one) => ({ ...one, ...noted(ctx, one) })),
        drift,
      })
    },
  }),
  route({
    id: 'latestDrift',
    method: 'GET',
    url: '/api/drift',
    scope: 'systems:read',
    summary: 'What the last scans showed that the ones before, or the map in force, did not say',
    responses: { 200: schemas.latestDrift },
    handler: async (ctx) => writable({ drift: await latestDrift(ctx) }),
  }),
  route({
    id: 'showMap',
    method: 'GET',
    url: '/api/map',
    scope: 'map:read',
    summary: 'The data map in force',
    responses: { 200: schemas.shownMap },
    refusals: [404],
    handler: async (ctx) => {
      const { number, ...shown } = await showMap(ctx)
      return writable({ ...shown, version: number })
    },
  }),
  route({
    id: 'acceptMap',
    method: 'POST',
    url: '/api/map/accept',
    scope: 'map:write',
    summary: 'Make a map of what was scanned and put it in force',
    body: schemas.acceptInput,
    responses: { 200: schemas.acceptedMap },
    refusals: [409],
    handler: async (ctx, { body }) => {
      const accepted = await acceptMap(ctx, body)
      const notes = accepted.notes.map((note) => {
        const code = `inventory.${note.code}`
        return { ...note, ...noted(ctx, { code, params: note.params }) }
      })
      return writable({ ...accepted, notes })
    },
  }),
  route({
    id: 'exportMap',
    method: 'GET',
    url: '/api/map/file',
    scope: 'map:read',
    summary: 'The data map in force as YAML',
    responses: { 200: file('application/yaml') },
    refusals: [404],
    handler: async (ctx) => ({ name: 'data-map.yaml', content: Buffer.from(await exportMap(ctx)) }),
  }),
  route({
    id: 'importMap',
    method: 'POST',
    url: '/api/map/import',
    scope: 'map:write',
    summary: 'Put a map written as YAML in force',
    description:
      'A file with errors is an answer, not a failure: `imported` is false and `problems` names every line.',
    body: schemas.importInput,
    bodyLimit: schemas.importBytes,
    responses: { 200: schemas.importedMap },
    refusals: [409],
    handler: async (ctx, { body }) => {
      const { yaml, ...options } = body
      const result = await importMap(ctx, yaml, options)
      const problems = result.findings.map((finding) => ({ ...finding, ...noted(ctx, finding) }))
      const { version, sha256, changed } = result.imported
        ? result
        : { version: null, sha256: null, changed: false }
      return writable({ imported: result.imported, version, sha256, changed, problems })
    },
  }),
  route({
    id: 'mapCoverage',
    method: 'GET',
    url: '/api/map/coverage',
    scope: 'map:read',
    summary: 'For every field: in copies? how erased? kept by which rule?',
    responses: { 200: schemas.mapCoverage },
    refusals: [404],
    handler: async (ctx) => writable(await mapCoverage(ctx)),
  }),
]

interface Noted {
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
}

/** A code and its sentence in the caller's language. */
const noted = (ctx: Context, { code, params }: Noted) => ({
  code,
  params,
  detail: say(ctx.language, code, params),
})

const asUse = (ctx: Context, use: UseReport) =>
  use.reachable
    ? { ...use, problem: null }
    : {
        reachable: false,
        engine: null,
        latencyMs: null,
        collections: null,
        refused: [],
        problem: noted(ctx, use.problem),
      }

type Writable<T> = T extends Date
  ? T
  : T extends readonly (infer Item)[]
    ? Writable<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Writable<T[Key]> }
      : T

/** Schemas infer writable types; what is only serialised may be given as it is. */
const writable = <T>(value: T): Writable<T> => value as Writable<T>
