import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { text } from 'node:stream/consumers'

/** What a key service may do to us. */
export type TransitManners =
  | 'honest'
  | 'sealed'
  | 'away'
  | 'endless'
  | 'redirecting'
  | 'no-json'
  | 'other-version'
  | 'fewer'
  | 'old'

interface TransitKey {
  /** By version; trimmed ones are gone. */
  readonly versions: Map<number, Buffer>
  latest: number
  least: { available: number; decryption: number; encryption: number }
  readonly settings: Record<string, unknown>
}

export interface TransitServer extends AsyncDisposable {
  /** As `DOSSIER_TRANSIT` takes it. */
  readonly address: string
  readonly token: string
  manners: TransitManners
  /** `POST encrypt/dossier`, in their order. */
  readonly calls: string[]
  readonly keys: Map<string, TransitKey>
}

/**
 * The transit engine of Vault and OpenBao as far as Dossier uses it, after their published API: keys with versions, batches, associated
 * data, the least versions and trimming, the same refusals with the same statuses. The same checks pass against
 * the engine of Vault 1.21.4 (docs/keys.md).
 */
export async function startTransit(
  tls?: { readonly key: string; readonly cert: string },
  settings: Record<string, unknown> = {},
): Promise<TransitServer> {
  const token = randomBytes(18).toString('base64url')
  const answer: RequestListener = (request, response) => {
    void text(request).then((body) => {
      const path = (request.url ?? '').replace(/^\/v1\/transit\//, '')
      transit.calls.push(`${request.method} ${path}`)
      const { manners } = transit
      const send = (status: number, data: unknown) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(data === undefined ? undefined : JSON.stringify(data))
      }
      if (manners === 'away') return void response.destroy()
      if (manners === 'sealed') return send(503, { errors: ['Vault is sealed'] })
      if (manners === 'no-json') return void response.end('<html>hello</html>')
      if (manners === 'redirecting') {
        response.writeHead(307, { location: `http://127.0.0.1:1/v1/transit/${path}` })
        return void response.end()
      }
      if (manners === 'endless') {
        const more = () => response.write('x'.repeat(500_000), (error) => !error && setImmediate(more))
        return void more()
      }
      if (request.headers['x-vault-token'] !== token) return send(403, { errors: ['permission denied'] })
      const { status, data, errors } = act(request.method ?? '', path, body === '' ? {} : JSON.parse(body))
      send(
        status,
        status === 204 ? undefined : errors ? { errors, ...(data && { data }) } : { request_id: '1', data },
      )
    })
  }
  const act = (method: string, path: string, body: Record<string, unknown>) => {
    const [kind = '', name = '', verb] = path.split('/')
    const done = engine(transit.keys, settings, {
      method,
      kind,
      name,
      verb,
      body: asHeard(transit.manners, body),
    })
    return misbehave(transit.manners, done)
  }
  const server = tls ? createHttpsServer(tls, answer) : createHttpServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const transit: TransitServer = {
    address: `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${port}/v1/transit/keys/dossier`,
    token,
    manners: 'honest',
    calls: [],
    keys: new Map(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return transit
}

/** An engine from before associated data takes no notice of it. */
function asHeard(manners: TransitManners, body: Record<string, unknown>): Record<string, unknown> {
  const items = body['batch_input']
  if (manners !== 'old' || !Array.isArray(items)) return body
  return { ...body, batch_input: items.map((one: Item) => ({ ...one, associated_data: '' })) }
}

interface Asked {
  readonly method: string
  readonly kind: string
  readonly name: string
  readonly verb: string | undefined
  readonly body: Record<string, unknown>
}

interface Answer {
  readonly status: number
  readonly data?: Record<string, unknown>
  readonly errors?: readonly string[]
}

const refused = (error: string, status = 400): Answer => ({ status, errors: [error] })

function engine(keys: Map<string, TransitKey>, settings: Record<string, unknown>, asked: Asked): Answer {
  const { method, kind, name, verb, body } = asked
  const key = keys.get(name)
  if (kind === 'keys' && verb === undefined && method === 'GET')
    return key ? { status: 200, data: told(name, key) } : { status: 404, errors: [] }
  if (method !== 'POST') return refused('unsupported operation', 405)
  if (kind === 'keys' && verb === undefined) {
    const made = key ?? newKey({ ...settings, type: body['type'] ?? 'aes256-gcm96' })
    keys.set(name, made)
    return { status: 200, data: told(name, made) }
  }
  if (!key) return refused('encryption key not found')
  if (kind === 'keys' && verb === 'rotate') {
    key.latest += 1
    key.versions.set(key.latest, randomBytes(32))
    return { status: 200, data: told(name, key) }
  }
  if (kind === 'keys' && verb === 'config') return configure(name, key, body)
  if (kind === 'keys' && verb === 'trim') return trim(name, key, Number(body['min_available_version']))
  const items = body['batch_input']
  if (!Array.isArray(items) || items.length === 0) return refused('missing batch input to process')
  const work = kind === 'encrypt' ? encrypt : decrypt
  const results = items.map((item: Record<string, unknown>) => work(key, item))
  const status = results.some((one) => 'error' in one) ? 400 : 200
  return { status, data: { batch_results: results } }
}

const newKey = (settings: Record<string, unknown>): TransitKey => ({
  versions: new Map([[1, randomBytes(32)]]),
  latest: 1,
  least: { available: 0, decryption: 1, encryption: 0 },
  settings: { exportable: false, allow_plaintext_backup: false, derived: false, ...settings },
})

const told = (name: string, { latest, least, settings }: TransitKey) => ({
  name,
  ...settings,
  latest_version: latest,
  min_available_version: least.available,
  min_decryption_version: least.decryption,
  min_encryption_version: least.encryption,
  deletion_allowed: false,
  supports_encryption: true,
  supports_decryption: true,
})

function configure(name: string, key: TransitKey, body: Record<string, unknown>): Answer {
  const decryption = Number(body['min_decryption_version'] ?? key.least.decryption)
  const encryption = Number(body['min_encryption_version'] ?? key.least.encryption)
  if (Math.max(decryption, encryption) > key.latest) return refused(`latest key version is ${key.latest}`)
  if (encryption > 0 && encryption < decryption)
    return refused('min encryption version must be greater than or equal to min decryption version')
  if (key.least.available > Math.min(encryption, decryption))
    return refused('less than min available version')
  key.least = { ...key.least, decryption, encryption }
  return { status: 200, data: told(name, key) }
}

function trim(name: string, key: TransitKey, least: number): Answer {
  const { available, decryption, encryption } = key.least
  if (least < available) return refused('minimum available version cannot be decremented')
  if (encryption === 0) return refused('minimum encryption version is not set')
  if (least > Math.min(encryption, decryption)) return refused('minimum available version is too great')
  key.least = { ...key.least, available: least }
  for (const version of key.versions.keys()) if (version < least) key.versions.delete(version)
  return { status: 200, data: told(name, key) }
}

type Item = Readonly<Record<string, unknown>>

function encrypt(key: TransitKey, item: Item): Record<string, unknown> {
  const version = Number(item['key_version'] ?? 0) || key.latest
  const secret = key.versions.get(version)
  if (version > key.latest || !secret)
    return { error: 'requested version for encryption is higher than the latest' }
  if (version < key.least.encryption)
    return { error: 'requested version for encryption is less than the minimum' }
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(bytesOf(item['associated_data']))
  const body = Buffer.concat([
    nonce,
    cipher.update(bytesOf(item['plaintext'])),
    cipher.final(),
    cipher.getAuthTag(),
  ])
  return { ciphertext: `vault:v${version}:${body.toString('base64')}`, key_version: version, reference: '' }
}

function decrypt(key: TransitKey, item: Item): Record<string, unknown> {
  const failed = (error: string) => ({ plaintext: '', error, reference: '' })
  const [, number, base64] = /^vault:v(\d+):(.+)$/.exec(String(item['ciphertext'])) ?? []
  if (!number || !base64) return failed('invalid ciphertext: no prefix')
  const version = Number(number)
  if (version > key.latest) return failed('invalid ciphertext: version is too new')
  if (version < key.least.decryption)
    return failed('ciphertext or signature version is disallowed by policy (too old)')
  const [secret, bytes] = [key.versions.get(version), bytesOf(base64)]
  if (!secret || bytes.length < 28) return failed('invalid ciphertext: could not decode')
  const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(bytesOf(item['associated_data'])).setAuthTag(bytes.subarray(-16))
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    return { plaintext: plain.toString('base64'), reference: '' }
  } catch {
    return failed('cipher: message authentication failed')
  }
}

const bytesOf = (base64: unknown): Buffer => Buffer.from(String(base64 ?? ''), 'base64')

/** Answers that are well formed and untrue. */
function misbehave(manners: TransitManners, answer: Answer): Answer {
  const results = answer.data?.['batch_results']
  if (!Array.isArray(results)) return answer
  if (manners === 'fewer') return { ...answer, data: { batch_results: results.slice(1) } }
  if (manners !== 'other-version') return answer
  const other = results.map((one: Item) => ({
    ...one,
    ciphertext: String(one['ciphertext']).replace(/^vault:v\d+/, 'vault:v9'),
  }))
  return { ...answer, data: { batch_results: other } }
}
