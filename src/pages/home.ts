import type { Context } from '../platform/context.ts'
import { isDatabaseLost } from '../platform/database-lost.ts'
import { type Html, html } from '../platform/html.ts'
import type { Page } from '../platform/http-page.ts'
import { type Language, languages, say } from '../platform/texts.ts'
import { type Health, readHealth } from './health.ts'
import { style } from './home-style.ts'

/** The first thing a person sees: whether it runs, and where to go next. */
export const homePage = (version: string): Page => ({
  url: '/',
  async render(ctx) {
    const t = texts(ctx.language)
    const health = await healthOf(ctx, version)
    const body = html`<header>
<p class="brand">Dossier</p>
<nav aria-label="${t('languages')}">${languages.map((language) => languageLink(language, ctx.language))}</nav>
</header>
<main>
<h1>${t(health ? 'running' : 'troubled')}</h1>
<p class="lead">${t('about')}</p>
${facts(ctx.language, version, health)}
<section aria-labelledby="next">
<h2 id="next">${t('next')}</h2>
<ol>${steps.map(({ name, commands }) => step(t, name, commands))}</ol>
</section>
<section aria-labelledby="api">
<h2 id="api">${t('api')}</h2>
<p>${t('api-about')}</p>
${command('npx dossier keys --help')}
<ul>
<li><a href="/api/openapi.json">${t('api-description')}</a></li>
<li><a href="/api/health">${t('api-health')}</a></li>
</ul>
</section>
<section aria-labelledby="documents">
<h2 id="documents">${t('documents')}</h2>
<p>${t('documents-about')}</p>
<ul>${['README.md', 'ARCHITECTURE.md', 'GLOSSARY.md'].map((name) => html`<li><code>${name}</code> ${t(`document-${name}`)}</li>`)}</ul>
</section>
</main>
<footer><p>${t('footer')}</p></footer>`
    return { title: t('title'), style, body }
  },
})

type Texts = (key: string, params?: Readonly<Record<string, string | number>>) => string

const texts =
  (language: Language): Texts =>
  (key, params) =>
    say(language, `home.${key}`, params)

const steps = [
  { name: 'sample', commands: ['npx dossier sample --add'] },
  { name: 'map', commands: ['npx dossier scan', 'npx dossier map accept'] },
  { name: 'find', commands: ['npx dossier find bernard.lefevre@example.org'] },
  { name: 'system', commands: ['npx dossier systems add shop postgres://reader@db.example/shop'] },
] as const

const step = (t: Texts, name: string, commands: readonly string[]): Html => html`<li>
<h3>${t(`step-${name}`)}</h3>
<p>${t(`step-${name}-about`)}</p>
${commands.map(command)}
</li>`

const command = (text: string): Html => html`<pre><code>${text}</code></pre>`

const languageLink = (language: Language, current: Language): Html =>
  html`<a href="?lang=${language}" lang="${language}" hreflang="${language}"${language === current && html` aria-current="true"`}>${say(language, 'home.language')}</a>`

/** Undefined where the database does not answer: the page still does. */
async function healthOf(ctx: Context, version: string): Promise<Health | undefined> {
  try {
    return await readHealth(ctx, version)
  } catch (error) {
    if (isDatabaseLost(error)) return undefined
    throw error
  }
}

function facts(language: Language, version: string, health: Health | undefined): Html {
  const t = texts(language)
  const tone = !health ? 'bad' : health.status === 'ok' ? 'good' : 'warning'
  const rows = [
    [t('health'), html`<span class="${tone}">${t(`health-${health?.status ?? 'unreachable'}`)}</span>`],
    [t('evidence'), health ? entriesOf(language, health.evidence.entries) : '–'],
    [t('version'), version],
  ] as const
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

const entriesOf = (language: Language, count: number): string =>
  texts(language)(`entries-${new Intl.PluralRules(language).select(count)}`, {
    count: new Intl.NumberFormat(language).format(count),
  })
