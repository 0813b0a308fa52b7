/** Contrast is at least 4.5:1 for text and 3:1 for borders that mean something, in light and dark (WCAG 2.2 AA). */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf7; --surface: #ffffff; --ink: #1d2624; --quiet: #56625e; --line: #dcdad2;
  --accent: #1f5c50; --good: #1f6b46; --warning: #8a5300; --bad: #a4262c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141917; --surface: #1c2321; --ink: #e6ebe8; --quiet: #a3b0ab; --line: #34403c;
    --accent: #8fd3c1; --good: #86d6a5; --warning: #f0bd6c; --bad: #ff9d9a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 0 clamp(1.25rem, 5vw, 2.5rem); max-width: 46rem;
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  color: var(--ink); background: var(--ground); text-wrap: pretty;
}
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: 1.75rem 0; }
p { margin: 0 0 .75rem; }
.brand {
  margin: 0; font: 600 1.0625rem/1.5 "Iowan Old Style", Charter, "Bitstream Charter", Georgia, serif;
  letter-spacing: .02em; color: var(--accent);
}
nav { display: flex; gap: .25rem; }
nav a { padding: .375rem .625rem; border-radius: .375rem; color: var(--quiet); text-decoration: none; font-size: .9375rem; }
nav a:hover { color: var(--ink); text-decoration: underline; }
nav a[aria-current] { color: var(--ink); font-weight: 600; }
h1, h2 {
  font-family: "Iowan Old Style", Charter, "Bitstream Charter", Georgia, serif; font-weight: 600;
  line-height: 1.2; letter-spacing: -.01em; text-wrap: balance;
}
h1 { margin: 2.25rem 0 .75rem; font-size: clamp(2rem, 6vw, 2.75rem); }
h2 { margin: 0 0 1.25rem; font-size: 1.5rem; }
h3 { margin: 0 0 .25rem; font-size: 1.0625rem; line-height: 1.4; }
.lead { max-width: 36rem; font-size: 1.1875rem; color: var(--quiet); }
dl {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1px; margin: 2rem 0 0;
  border: 1px solid var(--line); border-radius: .75rem; background: var(--line); overflow: hidden;
}
dl div { padding: .875rem 1.125rem; background: var(--surface); }
dt { font-size: .875rem; color: var(--quiet); }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
dd span::before { content: ""; display: inline-block; width: .5625rem; height: .5625rem; margin-right: .5rem; border-radius: 50%; background: currentColor; }
.good { color: var(--good); }
.warning { color: var(--warning); }
.bad { color: var(--bad); }
section { margin-top: 3.5rem; }
ol { margin: 0; padding: 0; list-style: none; counter-reset: step; }
ol li { position: relative; padding: 0 0 1.5rem 2.75rem; counter-increment: step; }
ol li::before {
  content: counter(step); position: absolute; left: 0; top: 0; width: 1.75rem; height: 1.75rem; border-radius: 50%;
  border: 1px solid var(--accent); color: var(--accent); font-size: .875rem; font-weight: 600; line-height: 1.6875rem; text-align: center;
}
ol li:not(:last-child)::after { content: ""; position: absolute; left: .875rem; top: 2.125rem; bottom: .375rem; border-left: 1px solid var(--line); }
ol p { color: var(--quiet); }
ul { margin: 1rem 0 0; padding-left: 1.125rem; }
ul li { padding: .1875rem 0; }
ul li::marker { color: var(--accent); }
code { font: .9375rem/1.5 ui-monospace, "Cascadia Code", "SF Mono", Menlo, Consolas, monospace; }
pre { margin: .5rem 0 0; padding: .625rem .875rem; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: .5rem; background: var(--surface); }
a { color: var(--accent); text-underline-offset: .2em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .375rem; }
footer { margin: 4rem 0 0; padding: 1.5rem 0 2.5rem; border-top: 1px solid var(--line); font-size: .9375rem; color: var(--quiet); }
footer p { margin: 0; }
@media print { nav, footer { display: none; } }
`
