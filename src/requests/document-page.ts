import { createHash } from 'node:crypto'
import { type Html, html, raw } from '../platform/html.ts'
import type { Language } from '../platform/texts.ts'

/**
 * A page that stands alone: opened from a disk, printed, kept for years. One stylesheet, no script, nothing loaded.
 * Should markup ever slip through from data, the policy in its head keeps it from running or calling out.
 */
export const pageHead = (language: Language, title: string): Html => html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<main>
`

export const pageFoot: Html = html`</main>
</body>
</html>
`

/** Colours: text at least 7:1 on its ground, secondary text and marks at least 4.5:1, in both schemes. */
const style = `
:root {
  --paper: #fff; --tint: #f4f6f8; --ink: #1b2530; --soft: #4d5a68; --line: #d5dbe1; --link: #1b5a8c;
  --warn: #8a4b00; --warn-tint: #fdf5e6; --bad: #a11d2b; --bad-tint: #fdeff0;
  --good: #1c6650; --good-tint: #edf6f2; --kept: #2a4f8f; --kept-tint: #eef3fb;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14191f; --tint: #1d242c; --ink: #e5eaef; --soft: #a9b5c1; --line: #36414d; --link: #8cc3f0;
    --warn: #f0b95f; --warn-tint: #2b2315; --bad: #f59aa3; --bad-tint: #2e1b1e;
    --good: #7fd1b3; --good-tint: #16271f; --kept: #a3c0f5; --kept-tint: #1a2334;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 100%/1.55 system-ui, "Segoe UI", "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", sans-serif; text-size-adjust: 100%; }
body { margin: 0; overflow-wrap: break-word; }
main { max-width: 66rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 2rem; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1.35rem; font-weight: 650; margin-top: 3.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; font-weight: 650; margin-top: 2.25rem; }
h4 { font-size: 1rem; font-weight: 600; margin-top: 1.75rem; }
p, ul, ol, dl { margin: 0.75rem 0 0; max-width: 44rem; }
ul, ol { padding-inline-start: 1.25rem; }
li + li { margin-top: 0.3rem; }
a { color: var(--link); text-underline-offset: 0.15em; }
details { margin-top: 0.75rem; }
summary { cursor: pointer; color: var(--link); padding: 0.2rem 0; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font: 0.86em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", monospace; overflow-wrap: anywhere; }
.lead { font-size: 1.1rem; }
.soft { color: var(--soft); }
.small { font-size: 0.875rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.notice { max-width: none; margin-top: 1.75rem; padding: 1rem 1.25rem; border: 1px solid var(--warn); border-inline-start-width: 0.35rem; border-radius: 0.3rem; background: var(--warn-tint); }
.notice h2 { margin: 0; padding: 0; border: 0; font-size: 1.1rem; color: var(--warn); }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; max-width: none; }
nav li + li { margin: 0; }
.scroll { position: relative; overflow-x: auto; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.925rem; font-variant-numeric: tabular-nums; }
caption { max-width: min(44rem, calc(100vw - 2.5rem)); text-align: start; color: var(--soft); font-size: 0.875rem; padding-bottom: 0.5rem; }
th, td { padding: 0.5rem 0.75rem; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-inline-start: 0.5rem; }
thead th { background: var(--tint); font-weight: 600; vertical-align: bottom; }
thead tr:first-child th { border-top: 1px solid var(--line); }
th { max-width: 24rem; }
tbody th { font-weight: 500; }
td { white-space: pre-wrap; min-width: 8rem; }
time { white-space: nowrap; }
td.plain { white-space: normal; min-width: 9rem; }
td.long { min-width: 18rem; overflow-wrap: anywhere; }
td.number, th.number { text-align: end; white-space: nowrap; min-width: 0; }
th.count { width: 1%; }
th code { display: block; font-weight: 400; color: var(--soft); overflow-wrap: inherit; }
td ul { margin: 0; padding: 0; list-style: none; }
table.record { margin-top: 1rem; }
table.record th { width: 17rem; }
.mark { display: inline-block; padding: 0.1rem 0.6rem; border: 1px solid currentcolor; border-radius: 1rem; font-size: 0.85rem; font-weight: 600; white-space: nowrap; vertical-align: 0.1em; }
h3 .mark { margin-inline-start: 0.4rem; }
.absent { color: var(--good); background: var(--good-tint); }
.kept { color: var(--kept); background: var(--kept-tint); }
.unreachable { color: var(--warn); background: var(--warn-tint); }
.residue { color: var(--bad); background: var(--bad-tint); }
dl.facts { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr; gap: 0.5rem 1.5rem; max-width: none; margin-top: 1.25rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  main { padding: 1.75rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  dl.facts { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd + dt { margin-top: 0.6rem; }
  table.record th { width: 8rem; }
  table.record td { min-width: 0; overflow-wrap: anywhere; }
}
@media print {
  :root { --paper: #fff; --tint: #f4f6f8; --ink: #000; --soft: #444; --line: #bbb; --link: #000; --warn: #5c3200; --warn-tint: #fff; --bad: #7a0f1b; --bad-tint: #fff; --good: #0f4536; --good-tint: #fff; --kept: #1c3868; --kept-tint: #fff; }
  @page { size: A4; margin: 18mm 16mm; }
  @page wide { size: A4 landscape; }
  html { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  h1, h2, h3, h4, caption { break-after: avoid; }
  h2 { margin-top: 1.75rem; }
  tr, .notice, .keep-together { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  th, td { padding: 0.3rem 0.4rem; }
  td, td.long, td.plain { min-width: 3rem; overflow-wrap: anywhere; }
  tr:has(td.long) { break-inside: auto; }
  section:has(> .scroll > table.wide) { page: wide; }
  table.wide { font-size: 8pt; }
}
`

const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`
