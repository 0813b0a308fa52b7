import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import i18next, { type Resource } from 'i18next'
import { Problem } from './problem.ts'

export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]

export const isLanguage = (text: string): text is Language => (languages as readonly string[]).includes(text)

const directory = join(import.meta.dirname, '..', '..', 'texts')

/** `texts/<language>/<area>.json`, flat: key → sentence. */
export function loadTexts(): Resource {
  const areas = (language: Language) =>
    readdirSync(join(directory, language))
      .filter((file) => file.endsWith('.json'))
      .map(
        (file) =>
          [file.slice(0, -5), JSON.parse(readFileSync(join(directory, language, file), 'utf8'))] as const,
      )
  return Object.fromEntries(languages.map((language) => [language, Object.fromEntries(areas(language))]))
}

const catalogue = i18next.createInstance()
await catalogue.init({
  resources: loadTexts(),
  fallbackLng: 'en',
  keySeparator: false,
  nsSeparator: ':',
  interpolation: { escapeValue: false },
  showSupportNotice: false,
} as Parameters<typeof catalogue.init>[0])

/**
 * The sentence `<area>.<key>` in a language, with its `{{params}}` filled in; a key without text comes back as it is. A
 * `reason` that the area knows as `reason.<phrase>` is said in the language too.
 */
export function say(
  language: Language,
  code: string,
  params: Readonly<Record<string, string | number>> = {},
): string {
  const dot = code.indexOf('.')
  const area = code.slice(0, dot)
  const find = (key: string) =>
    catalogue.exists(`${area}:${key}`, { lng: language }) ? `${area}:${key}` : undefined
  const key = find(code.slice(dot + 1))
  const phrase = typeof params['reason'] === 'string' ? find(`reason.${params['reason']}`) : undefined
  const reason = phrase && { reason: catalogue.t(phrase, { lng: language }) }
  return key ? catalogue.t(key, { lng: language, ...params, ...reason }) : code
}

/** What happened, what was not changed, what to do. Anything but a Problem is a bug: its text stays inside. */
export const sayProblem = (language: Language, error: unknown): string =>
  error instanceof Problem ? say(language, error.code, error.params) : say(language, 'platform.unexpected')
