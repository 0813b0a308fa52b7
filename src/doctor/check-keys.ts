import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../platform/context.ts'
import { say } from '../platform/texts.ts'
import type { Check, Shown } from './check.ts'

/** Keys are read by us alone: whoever can copy them can read everything a copied database holds. */
export async function checkKeys(ctx: Context, shown: Shown): Promise<Check> {
  const { directory } = ctx.keyring
  const files = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = [directory, ...files.map((file) => join(file.parentPath, file.name))]
  const modes = await Promise.all(
    paths.map(async (path) => ({ path, mode: (await stat(path)).mode & 0o777 })),
  )
  const open = modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ path }) => path)
  const keys = files.filter((file) => file.isFile()).length
  return {
    name: 'keys',
    state: open.length > 0 ? 'bad' : 'good',
    finding:
      open.length > 0
        ? say(ctx.language, 'cli.doctor-keys-open', { files: open.map(shown).join(', ') })
        : say(ctx.language, 'cli.doctor-keys', { keys, directory: shown(directory) }),
    facts: { directory: shown(directory), keys, open: open.length },
  }
}
