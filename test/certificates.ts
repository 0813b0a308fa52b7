import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What makes certificates; where it is missing, tests of encryption are skipped and say so. */
export const hasOpenssl: boolean = existsSync('/usr/bin/openssl')

export interface FileOwner {
  readonly uid: number
  readonly gid: number
}

/**
 * An authority of our own (`ca.pem`) and a server's certificate (`cert.pem`, `key.pem`) made out to `names`, such as
 * `DNS:localhost` or `IP:127.0.0.1`, for as long as a temporary directory lives. `owner`: who alone may read the key.
 */
export async function makeCertificates(directory: string, names: string, owner?: FileOwner): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { mode: 0o755 })
  const file = (name: string) => join(directory, name)
  const openssl = (...args: readonly string[]) => run('openssl', [...args])
  await openssl(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=Dossier test'],
    ...['-keyout', file('ca-key.pem'), '-out', file('ca.pem')],
  )
  await openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=a test server'],
    ...['-keyout', file('key.pem'), '-out', file('request.pem')],
  )
  await writeFile(file('names'), `subjectAltName=${names}`)
  await openssl(
    ...['x509', '-req', '-in', file('request.pem'), '-CA', file('ca.pem'), '-CAkey', file('ca-key.pem')],
    ...['-CAcreateserial', '-days', '3650', '-extfile', file('names'), '-out', file('cert.pem')],
  )
  if (owner) await chown(file('key.pem'), owner.uid, owner.gid)
}
