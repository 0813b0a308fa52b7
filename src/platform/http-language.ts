import { isLanguage, type Language } from './texts.ts'

/** The language of ours that an Accept-Language header (RFC 9110 §12.5.4) likes best; `fallback` where it likes none. */
export function chooseLanguage(header: string | undefined, fallback: Language): Language {
  const wishes = (header ?? '')
    .slice(0, 200)
    .split(',')
    .map((wish) => {
      const [range = '', ...parameters] = wish
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      const quality = parameters.find((parameter) => parameter.startsWith('q='))
      return { language: range.split('-')[0] ?? '', quality: quality ? Number(quality.slice(2)) : 1 }
    })
    .filter(({ language, quality }) => quality > 0 && (language === '*' || isLanguage(language)))
    .sort((a, b) => b.quality - a.quality)
  const best = wishes[0]?.language
  return best !== undefined && isLanguage(best) ? best : fallback
}
