import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { isDatabaseLost } from './database-lost.ts'
import { problem as httpProblem } from './http-problems.ts'
import { isProblem, type Problem } from './problem.ts'
import { problem } from './problems.ts'
import { type Language, say, sayProblem } from './texts.ts'

/** RFC 9457. `type` is `about:blank`: `code` tells one problem from another, and its sentence is in `detail`. */
export const problemDocument = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z
      .string()
      .meta({ description: '`<domain>.<name>`; stays the same in every language and release.' }),
    detail: z.string().meta({ description: 'What happened, what was not changed, and what to do.' }),
    instance: z.string().meta({ description: 'Names this one answer; the log has it too.' }),
    errors: z
      .array(z.object({ place: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'For `platform.invalid`: each thing that is wrong, and where.' }),
  })
  .meta({ id: 'Problem' })

export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const problemType = 'application/problem+json; charset=utf-8'

export type InputPart = 'params' | 'query' | 'body'

/** Input that its schema refuses. Holds the input, so it is answered and never logged. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
  readonly schema: z.ZodType
  readonly part: InputPart
  readonly input: unknown

  constructor(schema: z.ZodType, part: InputPart, input: unknown) {
    super('invalid input')
    this.schema = schema
    this.part = part
    this.input = input
  }
}

/** What a stranger may read of an error: a Problem in the caller's language; of anything else, its id alone. */
export function refuse(error: unknown, language: Language, id: string, bodyLimit: number): Refusal {
  const errors = error instanceof InvalidInput ? explain(error, language) : undefined
  const refused = errors
    ? problem('platform.invalid', {
        reason: errors
          .slice(0, 3)
          .map((wrong) => field(language, wrong))
          .join(' '),
      })
    : asProblem(error, bodyLimit)
  const { status, code, params } = refused
  const seconds = status === 429 ? params.seconds : code === 'http.idempotency-running' ? 1 : undefined
  const document: z.infer<typeof problemDocument> = {
    type: 'about:blank',
    title: titleOf(status, language),
    status,
    code,
    detail: sayProblem(language, refused),
    instance: `urn:uuid:${id}`,
    ...(errors && { errors }),
  }
  return {
    status,
    headers: {
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify(document),
  }
}

/** RFC 9457 §4.2.1: with `about:blank` the title is the phrase of the status, which may be translated. */
function titleOf(status: number, language: Language): string {
  const code = `http.title-${status}`
  const title = say(language, code)
  return title === code ? (STATUS_CODES[status] ?? String(status)) : title
}

function asProblem(error: unknown, bodyLimit: number): Problem {
  if (isProblem(error)) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return httpProblem('http.too-large', { bytes: bodyLimit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return httpProblem('http.media-type')
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return httpProblem('http.not-json')
    case 'FST_ERR_BAD_URL':
      return problem('platform.not-found')
    default:
      return isDatabaseLost(error)
        ? problem('platform.database-unreachable', { reason: String(code) }, error)
        : problem('platform.unexpected', {}, error)
  }
}

const wordings = { en: z.locales.en().localeError, fr: z.locales.fr().localeError } as const

/** Places and reasons, said by zod in the caller's language; its sentences carry no values of the input. */
function explain({ schema, part, input }: InvalidInput, language: Language) {
  const result = schema.safeParse(input, { error: wordings[language] })
  return (result.error?.issues ?? []).slice(0, 20).map((issue) => ({
    place: [part, ...issue.path.map(String)].filter(isPlainName).join('.'),
    detail: isSayable(issue) ? issue.message : say(language, 'http.unknown-key'),
  }))
}

const isSayable = (issue: z.core.$ZodIssue): boolean =>
  issue.code !== 'unrecognized_keys' || issue.keys.every(isPlainName)

/** A key made up by the caller may itself be personal data: it is not said back. */
const isPlainName = (key: string): boolean => /^[\w-]{1,60}$/.test(key)

const field = (language: Language, { place, detail }: { place: string; detail: string }): string =>
  `${say(language, 'http.field', { place, reason: detail })}.`
