import { readConfig } from '../../src/platform/config.ts'
import { openInstallation } from '../../src/platform/installation.ts'
// Not by the public face: a third of what there is to load is never used here, and it is loaded for every kill.
import { carryOut } from '../../src/requests/carry-out.ts'

/** A process that carries out what it is told, again and again, until it is killed. */
const { config, urls } = readConfig(process.env)
const actor = { kind: 'system', id: 'torture' } as const
const installation = await openInstallation({ config, urls, actor, role: 'torture', logLevel: 'silent' })

process.on('message', ({ request, shiftMs }: { request: string; shiftMs: number }) => {
  // A clock that jumps: leases and order must not depend on it.
  const ctx = { ...installation.ctx, now: () => new Date(Date.now() + shiftMs) }
  carryOut(ctx, request).then(
    ({ state }) => process.send?.({ state }),
    (error: unknown) => process.send?.({ state: String((error as { code?: string }).code ?? 'unexpected') }),
  )
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
