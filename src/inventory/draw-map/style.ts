/** Colours meet 4.5:1 against what they stand on, in both schemes; no meaning rests on colour alone. */
export const style = `
svg{--paper:#fff;--panel:#f4f6f8;--edge:#d5dbe1;--face:#fff;--ink:#17212b;--soft:#55626f;--chip:#e9edf1;--blue:#1a5fb4;--violet:#7a3aa8;--grey:#6b7683;--amber:#ffe2a8;--amber-ink:#5a3a00;--amber-edge:#b97b00;--red:#b3261e}
@media (prefers-color-scheme:dark){svg{--paper:#11161b;--panel:#181f26;--edge:#34404b;--face:#202932;--ink:#eef2f5;--soft:#a9b5c0;--chip:#303b46;--blue:#7db4ff;--violet:#d3a5f5;--grey:#98a4b0;--amber:#5a4210;--amber-ink:#ffe2a8;--amber-edge:#d9a441;--red:#ff9d95}}
@media print{svg{--paper:#fff;--panel:#fff;--edge:#888;--face:#fff;--ink:#000;--soft:#333;--chip:#eee;--blue:#0b3d7a;--violet:#53207a;--grey:#444;--amber:#fff;--amber-ink:#000;--amber-edge:#000;--red:#8c0d06}}
text{font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;fill:var(--ink)}
.paper{fill:var(--paper)}
.panel{fill:var(--panel);stroke:var(--edge)}
.system-name{font-size:17px;font-weight:600}
.company{font-size:13px;fill:var(--soft)}
.face{fill:var(--face);stroke:var(--edge);stroke-width:1.2}
.unreached .face{stroke:var(--red);stroke-width:1.6;stroke-dasharray:6 4}
.name{font-size:13px;font-weight:600}
.rows{font-size:11px;fill:var(--soft);text-anchor:end}
.quiet{font-size:11px;fill:var(--soft);font-style:italic}
.chip{fill:var(--chip)}
.chip.identifier{fill:none;stroke:var(--blue);stroke-width:1.3}
.chip.special{fill:var(--amber);stroke:var(--amber-edge);stroke-width:1.3}
.chip-text{font-size:11px;text-anchor:middle}
.chip-text.special{fill:var(--amber-ink);font-weight:600}
.line{font-size:11px;fill:var(--blue)}
.line.party{fill:var(--violet)}
.line.none{fill:var(--grey)}
.flag{font-size:12px;font-weight:600;fill:var(--red)}
.link path{fill:none;stroke:var(--blue);stroke-width:1.5}
.link.party path{stroke:var(--violet);stroke-dasharray:6 4}
.link.none path{stroke:var(--grey);stroke-dasharray:1.5 4;stroke-linecap:round}
.link:hover path{stroke-width:3}
.tip path{fill:var(--blue)}
.tip.party path{fill:none;stroke:var(--violet);stroke-width:1.8}
.tip.none path{fill:var(--grey)}
.legend-text{font-size:12px;fill:var(--soft)}
.mark{stroke:var(--soft);stroke-width:2}
.rule{stroke:var(--edge)}
`
