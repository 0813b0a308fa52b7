import { sha256 } from './bytes.ts'
import type { Context } from './context.ts'
import { type Html, html, raw } from './html.ts'
import { contentSecurityPolicy } from './http-headers.ts'
import type { Language } from './texts.ts'

/** A page for people, at a path outside /api. Open to everybody: it shows nothing about anyone. */
export interface Page {
  readonly url: `/${string}`
  render(ctx: Context): Promise<PageContent>
}

export interface PageContent {
  readonly title: string
  /** The page's own stylesheet; nothing else is loaded. */
  readonly style: string
  readonly body: Html
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%23245b4f' " +
  "d='M2 2h5l2 2h5v10H2z'/%3E%3Cpath fill='none' stroke='%23fff' stroke-width='1.6' d='m5 9 2 2 4-4'/%3E%3C/svg%3E"

/** The whole document, and the policy that lets a browser apply its stylesheet and nothing more. Works without scripts. */
export function renderPage(
  language: Language,
  { title, style, body }: PageContent,
): { readonly markup: string; readonly policy: string } {
  const markup = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${raw(icon)}">
<style>${raw(style)}</style>
</head>
<body>
${body}
</body>
</html>
`
  const hash = sha256(style).toString('base64')
  return {
    markup: String(markup),
    policy: contentSecurityPolicy(`style-src 'sha256-${hash}'`, 'img-src data:'),
  }
}
