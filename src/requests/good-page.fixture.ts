import assert from 'node:assert/strict'

const all = (page: string, pattern: RegExp): readonly string[] =>
  [...page.matchAll(pattern)].map(([, found = '']) => found)

/**
 * What a standing page owes a reader who does not see it, and one who opens it offline (WCAG 2.2 AA 1.3.1, 2.4.6, 3.1.1):
 * a language, headings in order, named tables and regions, unique ids, and nothing that runs or is fetched.
 */
export function assertGoodPage(page: string, language: string): void {
  assert.match(page, new RegExp(`^<!doctype html>\n<html lang="${language}">`))
  assert.equal(all(page, /<(title|h1|main)[ >]/g).length, 3)

  const levels = all(page, /<h([1-6])[ >]/g).map(Number)
  for (const [i, level] of levels.entries())
    assert.ok(level <= (levels[i - 1] ?? 0) + 1, `a heading skips to level ${level}`)

  for (const table of all(page, /<table[^>]*>([\s\S]*?)<\/table>/g)) {
    assert.match(table, /^\s*<caption>[^<]+/)
    for (const cell of all(table, /<th( [^>]*)?>/g)) assert.match(cell, /scope="(col|row)"/)
    assert.match(table, /scope="row"/)
  }
  for (const region of all(page, /<div class="scroll"([^>]*)>/g))
    assert.match(region, /tabindex="0" aria-label="[^"]+"/)

  const ids = all(page, / id="([^"]*)"/g)
  assert.equal(new Set(ids).size, ids.length, 'ids are unique')
  for (const used of [...all(page, /aria-labelledby="([^"]*)"/g), ...all(page, /href="#([^"]*)"/g)])
    assert.ok(ids.includes(used), used)

  assert.doesNotMatch(page, /<(script|iframe|object|embed|link|img|form|base)[ >]/i)
  assert.doesNotMatch(page, /<[^>]+ (on[a-z]+|src|style)=/i)
  for (const href of all(page, /href="([^"]*)"/g))
    assert.match(href, /^(#|data\/|documents\/|manifest\.json$)/)

  const text = page
    .replace(/<style>[\s\S]*<\/style>/, '')
    // Names and hashes stand in no language.
    .replace(/<code>[^<]*<\/code>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
  assert.doesNotMatch(text, /\{\{|requests\.[a-z]+-|undefined|\[object/, 'every sentence is filled in')
}
