import type { FastifyInstance } from 'fastify'
import { openDoor } from './access/public.ts'
import { doctorRoutes } from './doctor/routes.ts'
import { evidenceJobs } from './evidence/jobs.ts'
import { evidenceRoutes } from './evidence/routes.ts'
import { inventoryRoutes } from './inventory/routes.ts'
import { healthRoute } from './pages/health.ts'
import { homePage } from './pages/home.ts'
import type { Context } from './platform/context.ts'
import { buildServer } from './platform/http.ts'
import { forgetAnswers } from './platform/idempotency.ts'
import type { Job } from './platform/job.ts'
import type { Route } from './platform/route.ts'
import { registerRoutes } from './register/routes.ts'
import { batchRoutes } from './requests/batch-routes.ts'
import { requestJobs } from './requests/jobs.ts'
import { requestRoutes } from './requests/routes.ts'
import { rotationJobs } from './rotation/jobs.ts'
import { version } from './version.ts'

/** What every domain offers over HTTP. */
export const routes: readonly Route[] = [
  healthRoute(version),
  ...evidenceRoutes,
  ...inventoryRoutes,
  ...registerRoutes,
  ...requestRoutes,
  ...batchRoutes,
  ...doctorRoutes,
]

/** What every domain does by itself. */
export const jobs: readonly Job[] = [forgetAnswers, ...evidenceJobs, ...requestJobs, ...rotationJobs]

export interface AppOptions {
  /** Names, beside localhost, by which the server may be addressed. */
  readonly hosts: readonly string[]
  readonly onActivity?: () => void
}

/** The whole product over HTTP, not yet listening. */
export const buildApp = (ctx: Context, options: AppOptions): Promise<FastifyInstance> =>
  buildServer({ ...options, ctx, version, routes, door: openDoor(ctx), pages: [homePage(version)] })
