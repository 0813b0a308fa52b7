import { parseUrl, probe, type Target } from '../connectors/public.ts'
import { recordEvidence } from '../evidence/public.ts'
import { uuidv7 } from '../platform/bytes.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { withoutSecrets } from './list-systems.ts'
import { isOutOfReach, readLimits } from './open-system.ts'
import { problem } from './problems.ts'
import { insertSystem, systemByName, updateSystem } from './queries.ts'
import { isSystemName, type System, usualLoad } from './system.ts'
import { sealSecret } from './system-secrets.ts'

export interface AddSystem {
  readonly name: string
  readonly url: string
  /** Used for erasing in place of `url`; of the same kind. */
  readonly eraseUrl?: string
  readonly controller?: string
  /** How much of the time reading may keep it at work, in percent, 1 to 100; default 80. */
  readonly load?: number
  /** Relative paths in URLs are taken from here and stored absolute. */
  readonly baseDirectory: string
  /** Adds a system that does not answer now. */
  readonly force?: boolean
  /** Gives a known system of this name and kind another address or credentials; what is not given stays. */
  readonly replace?: boolean
}

export interface AddedSystem extends System {
  /** E.g. `PostgreSQL 18.4`; null when it was added without an answer. */
  readonly engine: string | null
}

/**
 * Makes a system known. It must answer, with every URL given: a wrong password is found now and not during somebody's
 * erasure. Throws `connectors.url`, `inventory.bad-system-name`, `inventory.system-name-taken`,
 * `inventory.system-kinds-differ`, `inventory.erase-url-needed` and, without `force`, `inventory.system-silent` with the target's answer as cause.
 */
export async function addSystem(ctx: Context, input: AddSystem): Promise<AddedSystem> {
  const { name, force = false, replace = false } = input
  if (!isSystemName(name)) throw problem('inventory.bad-system-name')
  const known = await systemByName(ctx.db, name)
  if (known && !replace) throw problem('inventory.system-name-taken', { system: name })
  const read = await parseUrl(input.url, input.baseDirectory)
  const erase = input.eraseUrl === undefined ? undefined : await parseUrl(input.eraseUrl, input.baseDirectory)
  for (const scheme of [erase?.scheme, known?.scheme])
    if (scheme !== undefined && scheme !== read.scheme)
      throw problem('inventory.system-kinds-differ', { system: name })
  // Credentials for erasing in the old place must not outlive it: Dossier would read here and erase there.
  if (!erase && known?.sealedEraseSecret && known.url !== read.shown)
    throw problem('inventory.erase-url-needed', { system: name })
  const engine = await engineOf(name, erase ? [read, erase] : [read], force)

  const id = known?.id ?? uuidv7(ctx.now())
  const system = {
    id,
    name,
    scheme: read.scheme,
    url: read.shown,
    eraseUrl: erase?.shown ?? known?.eraseUrl ?? null,
    controller: input.controller ?? known?.controller ?? null,
    load: input.load ?? known?.load ?? usualLoad,
    addedAt: known?.addedAt ?? ctx.now(),
    sealedSecret: sealSecret(ctx, id, 'read', read.secret),
    sealedEraseSecret: erase
      ? sealSecret(ctx, id, 'erase', erase.secret)
      : (known?.sealedEraseSecret ?? null),
  }
  await inTransaction(ctx, async (tx) => {
    const stored = known ? await updateSystem(tx.db, system) : await insertSystem(tx.db, system)
    if (!stored)
      throw problem(known ? 'inventory.unknown-system' : 'inventory.system-name-taken', { system: name })
    const facts = {
      systemId: id,
      system: name,
      scheme: read.scheme,
      ownEraseCredentials: erase !== undefined,
      load: system.load,
    }
    await recordEvidence(tx, { kind: known ? 'inventory.system-changed' : 'inventory.system-added', facts })
  })
  return { ...withoutSecrets(system), engine }
}

/** The engine the first target answers with. With `force` silence is accepted. */
async function engineOf(name: string, targets: readonly Target[], force: boolean): Promise<string | null> {
  const engines: string[] = []
  for (const target of targets) {
    try {
      engines.push((await probe(target, readLimits)).engine)
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      if (!force) throw problem('inventory.system-silent', { system: name }, error)
    }
  }
  return engines[0] ?? null
}
