import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { problem } from './http-problems.ts'

/**
 * A page of a stranger may point its own name at our address (DNS rebinding): names we do not know are refused.
 * An address in numbers cannot be pointed elsewhere, so it is always welcome. Throws `http.unknown-host`.
 */
export function checkHost(header: string | undefined, hosts: readonly string[]): void {
  const name = hostName(header ?? '')
  if (name === undefined || !(isIP(name) !== 0 || name === 'localhost' || hosts.includes(name)))
    throw problem('http.unknown-host')
}

/**
 * Acts asked for by a page of another site are refused, whatever they carry (security.md §2, row 23). Programs send
 * neither header. Throws `http.cross-site`.
 */
export function checkOrigin(method: string, headers: IncomingHttpHeaders): void {
  if (method === 'GET' || method === 'HEAD') return
  const site = headers['sec-fetch-site']
  const origin = headers.origin
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  const foreignOrigin =
    origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === headers.host)
  if (foreignSite || foreignOrigin) throw problem('http.cross-site')
}

/** The name in a Host header, without port and brackets. */
function hostName(header: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header)
  return (match?.[1] ?? match?.[2])?.toLowerCase()
}
