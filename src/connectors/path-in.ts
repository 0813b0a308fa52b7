import { resolve } from 'node:path'
import { problem } from './problems.ts'

/**
 * The absolute path in `<scheme>:<path>` or `<scheme>://<path>`. The path is taken as it is written: a `%` or `?` in it
 * is part of a file's name. Throws `connectors.url`.
 */
export function pathIn(url: string, scheme: string, baseDirectory: string): string {
  const written = url.slice(url.indexOf(':') + 1)
  const path = written.startsWith('//') ? written.slice(2) : written
  if (path === '') throw problem('connectors.url', { scheme, reason: 'no path is given' })
  if (path.includes('\0'))
    throw problem('connectors.url', { scheme, reason: 'the path holds a NUL character' })
  if (scheme === 'sqlite' && path === ':memory:')
    throw problem('connectors.url', { scheme, reason: 'a database in memory belongs to its own program' })
  return resolve(baseDirectory, path)
}
