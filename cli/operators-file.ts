import { constants } from 'node:fs'
import { access, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { problem } from './problems.ts'

/** Files an operator names on the command line. */

const errno = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'EIO'

/** Throws `cli.file-unreadable`. */
export const readOperatorsFile = (file: string): Promise<Buffer> =>
  readFile(file).catch((cause: unknown) => {
    throw problem('cli.file-unreadable', { file, reason: errno(cause) }, cause)
  })

/** The files below a directory by their path in it, with slashes. Throws `cli.file-unreadable`. */
export async function readOperatorsDirectory(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw problem('cli.file-unreadable', { file: directory, reason: errno(cause) }, cause)
  })
  const files = new Map<string, Buffer>()
  for (const one of found.filter((each) => each.isFile())) {
    const path = join(one.parentPath, one.name)
    files.set(relative(directory, path).replaceAll(sep, '/'), await readOperatorsFile(path))
  }
  return files
}

/** Throws `cli.file-unreadable` and `cli.file-not-utf8`: bytes read wrongly would become other names. */
export async function readTextFile(file: string): Promise<string> {
  const bytes = await readOperatorsFile(file)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw problem('cli.file-not-utf8', { file }, cause)
  }
}

/** Before an act that will write there. Throws `cli.file-unwritable`. */
export async function refuseUnwritable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  const reason = found?.isDirectory()
    ? 'EISDIR'
    : await access(dirname(resolve(file)), constants.W_OK | constants.X_OK).then(() => undefined, errno)
  if (reason !== undefined) throw problem('cli.file-unwritable', { file, reason })
}

/**
 * Whole or not at all; an existing file stays unless `overwrite`. Returns the absolute path.
 * Throws `cli.file-exists` and `cli.file-unwritable`.
 */
export async function writeOperatorsFile(
  file: string,
  content: string | Buffer,
  overwrite: boolean,
): Promise<string> {
  const path = resolve(file)
  const draft = `${path}.${process.pid}.new`
  try {
    await writeFile(draft, content, { flag: 'wx', mode: 0o600, flush: true })
    if (overwrite) await rename(draft, path)
    else await link(draft, path)
    return path
  } catch (cause) {
    if (errno(cause) === 'EEXIST') throw problem('cli.file-exists', { file }, cause)
    throw problem('cli.file-unwritable', { file, reason: errno(cause) }, cause)
  } finally {
    await rm(draft, { force: true })
  }
}
