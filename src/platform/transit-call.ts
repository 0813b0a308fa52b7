import { readFile } from 'node:fs/promises'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { z } from 'zod'
import type { TransitKey } from './config.ts'
import { sqlState } from './database.ts'
import { problem } from './problems.ts'

/** A call to a key service. The answer is what stands in its `data`, null where there is no answer to give. */
export type TransitCall = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<TransitAnswer>

export interface TransitAnswer {
  /** Whatever is neither 200, 204, 400 nor 404 is a Problem. */
  readonly status: number
  readonly data: unknown
}

const withinMs = 10_000
const mostBytes = 4_194_304
const answerSchema = z.object({ data: z.unknown() })

/**
 * Calls a transit engine: the certificate is verified, redirects are not followed, an answer has an end and a shape. The token
 * goes into a header and nowhere else. Throws `platform.transit-…`.
 */
export function transitCall(target: TransitKey): TransitCall {
  const { server, namespace } = target
  let agent: HttpAgent | HttpsAgent | undefined
  return async (method, path, body) => {
    agent ??= await openAgent(target)
    const headers = {
      'x-vault-token': await tokenOf(target),
      'x-vault-request': 'true',
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const url = new URL(`${server}/v1/${target.mount}/${path}`)
    const { status, text } = await send(url, { method, headers, agent }, body).catch((error: unknown) => {
      throw problem('platform.transit-unreachable', { server, reason: reasonOf(error) }, plain(error))
    })
    return readAnswer(target, path, status, text)
  }
}

function readAnswer({ server }: TransitKey, path: string, status: number, text: string): TransitAnswer {
  if (status === 403) throw problem('platform.transit-refused', { server, path })
  if (status === 503) throw problem('platform.transit-sealed', { server })
  if (status === 429 || status >= 500)
    throw problem('platform.transit-unreachable', { server, reason: status })
  if (status === 204 || status === 404) return { status, data: null }
  if (status !== 200 && status !== 400) throw problem('platform.transit-strange', { server, path })
  try {
    // An answer of 400 to a batch has results too; to anything else, only what was wrong.
    const { data } = answerSchema.parse(JSON.parse(text))
    return { status, data: data ?? null }
  } catch {
    if (status === 400) return { status, data: null }
    // Without its cause: what a parser complains of may quote an opened key.
    throw problem('platform.transit-strange', { server, path })
  }
}

async function openAgent({ server, caFile }: TransitKey): Promise<HttpAgent | HttpsAgent> {
  const options = { keepAlive: true, maxSockets: 8, timeout: withinMs }
  if (!server.startsWith('https:')) return new HttpAgent(options)
  const ca =
    caFile === undefined
      ? undefined
      : await readFile(caFile, 'utf8').catch((error: unknown) => {
          throw problem('platform.transit-unreachable', { server, reason: reasonOf(error) })
        })
  return new HttpsAgent({ ...options, minVersion: 'TLSv1.2', ...(ca !== undefined && { ca }) })
}

async function tokenOf({ token }: TransitKey): Promise<string> {
  const text = await token().catch((error: unknown) => {
    throw problem('platform.transit-token', { reason: reasonOf(error) })
  })
  if (!/^[\x21-\x7e]{1,4096}$/.test(text)) throw problem('platform.transit-token', { reason: 'no token' })
  return text
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly agent: HttpAgent | HttpsAgent
}

function send(url: URL, asked: Asked, body: unknown): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
    url,
    { ...asked, signal: AbortSignal.timeout(withinMs) },
    (response) => {
      readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
    },
  )
  request.on('error', reject)
  request.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}

async function readText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > mostBytes) {
      response.destroy()
      throw Object.assign(new Error('an answer that does not end'), { code: 'too-long' })
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

/** An errno or a code of TLS; of anything else only its kind, because a message may hold anything. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.name === 'TimeoutError'
    ? 'timeout'
    : (sqlState(error) ?? (error instanceof Error ? error.name : 'unknown'))

/** Errors of requests carry the request, and that the token. */
const plain = (error: unknown): Error => new Error(`the key service was not reached: ${reasonOf(error)}`)
