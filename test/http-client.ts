import { type IncomingHttpHeaders, request } from 'node:http'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Sent as they are, instead of `body`. */
  readonly bytes?: string | Buffer
}

/** A call over a socket of its own, with any header: fetch keeps Host, Origin and Sec-Fetch-Site to itself. */
export function call(
  base: string,
  path: string,
  { method = 'GET', headers = {}, body, bytes }: Ask = {},
): Promise<Reply> {
  const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body))
  const { hostname, port } = new URL(base)
  const all = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(content !== undefined && { 'content-length': String(Buffer.byteLength(content)) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers: all, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(content)
  })
}

export const json = <T = Record<string, unknown>>(reply: Reply): T => JSON.parse(reply.text) as T

export interface ProblemReply {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly instance: string
  readonly errors?: readonly { readonly place: string; readonly detail: string }[]
}
