"""How the page of the day looks: for a screen in a meeting, for paper, in the dark and in forced colours.

Contrast is 7:1 or better for text, 3:1 for what is drawn, and nothing is said by colour alone.
https://www.w3.org/WAI/WCAG22/quickref/
"""

from __future__ import annotations

CSS = """
:root { color-scheme: light dark; --ink: #16191d; --soft: #454c54; --paper: #ffffff; --panel: #f3f5f7;
  --line: #767f88; --bar: #dfe5eb; --accent: #123f7a; --care: #7a1010; --care-paper: #fdf1f0;
  --note: #5a4300; --note-paper: #fff8e1; }
@media (prefers-color-scheme: dark) { :root { --ink: #f4f6f8; --soft: #c5ccd4; --paper: #14171a;
  --panel: #1f2429; --line: #8d969f; --bar: #3a434c; --accent: #a9cbff; --care: #ffb9b0;
  --care-paper: #331714; --note: #ffe19a; --note-paper: #2d2610; } }
@media (prefers-contrast: more) { :root { --soft: var(--ink); --line: var(--ink); } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem 1.5rem 2rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
header { border-bottom: 2px solid var(--ink); padding-bottom: .5rem; display: flex; flex-wrap: wrap;
  justify-content: space-between; align-items: baseline; gap: .25rem 1.5rem; }
h1 { font-size: 1.25rem; }
header p, footer, .soft, figcaption { color: var(--soft); font-size: .875rem; }
h2 { font-size: 1.25rem; margin-bottom: .5rem; }
h3 { font-size: 1.0625rem; line-height: 1.3; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
section { margin-top: 2rem; }
.first { margin-top: 1.25rem; border-inline-start: .5rem solid var(--accent); padding-inline-start: 1rem; }
.first h2 { font-size: 2rem; line-height: 1.2; letter-spacing: -.01em; text-wrap: balance; }
.first p { font-size: 1.125rem; max-width: 60rem; }
.box { border: 2px solid var(--care); background: var(--care-paper); border-radius: .5rem;
  padding: .75rem 1rem; margin-top: 1.25rem; }
.box h2 { color: var(--care); font-size: 1.125rem; margin-bottom: .25rem; }
.box.look { border-color: var(--note); background: var(--note-paper); }
.box.look h2 { color: var(--note); }
.box li, .plain li { margin-inline-start: 1.25rem; }
.cases { display: flex; flex-wrap: wrap; gap: .15rem .9rem; list-style: none; }
.cases li { margin: 0; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem;
  margin-top: 1.25rem; }
.figures > div { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; display: flex;
  flex-direction: column; }
.figures dt { font-weight: 600; }
.figures dd { color: var(--soft); font-size: .875rem; }
.figures dd.number { color: var(--ink); font-size: 2.25rem; font-weight: 700; line-height: 1.15;
  font-variant-numeric: tabular-nums; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr));
  gap: 2rem 2.5rem; }
.two > section { margin-top: 0; } .two > div > :first-child { margin-top: 0; }
.two > * { min-width: 0; }
.after { margin-top: 2rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: .75rem;
  align-items: start; }
.card { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; break-inside: avoid; }
.card > * + * { margin-top: .4rem; }
.alert { border-width: 3px; border-color: var(--care); }
.badge { display: inline-block; background: var(--care); color: var(--paper); border-radius: .25rem;
  padding: .05rem .5rem; font-size: .875rem; font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
svg text { font-family: inherit; }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: start; color: var(--soft); font-size: .875rem; padding-bottom: .25rem; }
th, td { text-align: start; vertical-align: top; padding: .3rem .5rem .3rem 0;
  border-bottom: 1px solid var(--bar); overflow-wrap: anywhere; }
.badge, h2, h3, p, li { overflow-wrap: anywhere; }
thead th { border-bottom: 2px solid var(--line); overflow-wrap: normal; }
tbody th { font-weight: 600; min-width: 7.75rem; }
td:not(.n) { min-width: 5.25rem; }
table + p { margin-top: 1.25rem; }
p + table, p + div table { margin-top: .5rem; }
.n { text-align: end; font-variant-numeric: tabular-nums; }
tfoot th, tfoot td { border-top: 2px solid var(--line); border-bottom: 0; font-weight: 700; }
.scrolls { overflow-x: auto; } .scrolls tbody th { overflow-wrap: normal; }
details { margin-top: .4rem; }
summary { cursor: pointer; color: var(--accent); font-size: .875rem; width: fit-content;
  min-height: 1.5rem; padding: .15rem 0; }
.over { color: var(--care); font-weight: 700; }
footer { margin-top: 2.5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
@media (max-width: 40rem) { body { padding: 1rem; } .first h2 { font-size: 1.5rem; }
  table { font-size: .75rem; } th, td { padding-inline-end: .25rem; } tbody th { min-width: 5rem; }
  td:not(.n) { min-width: 3.5rem; } }
@media (forced-colors: active) { .card, .figures > div { border: 1px solid CanvasText; }
  .alert, .box { border-width: 4px; }
  .badge { border: 1px solid CanvasText; } svg { forced-color-adjust: none;
  background: #fff; --ink: #000; --soft: #000; --line: #000; --bar: #fff; --accent: #000; --paper: #fff; } }
@page { margin: 14mm; }
@media print { :root { color-scheme: light; --ink: #000; --soft: #222; --paper: #fff; --panel: #fff;
  --line: #555; --bar: #ddd; --accent: #000; --care: #000; --care-paper: #fff;
  --note: #000; --note-paper: #fff; }
  html { font-size: 11px; } body { max-width: none; padding: 0; }
  .two { grid-template-columns: 1fr 1fr; gap: 1.25rem 2rem; } .cards { grid-template-columns: 1fr 1fr; }
  .figures { grid-template-columns: repeat(4, 1fr); }
  .figures > div { border: 1px solid var(--line); }
  .badge { background: #fff; color: #000; border: 2px solid; }
  details:not([open], .more) { display: none; } .more summary { color: var(--ink); list-style: none; }
  .scrolls { overflow: visible; } .scrolls table { font-size: .75rem; }
  .scrolls th { min-width: 0; }
  h2, h3, thead, caption { break-after: avoid; }
  tr, figure, .box, .figures, .two > section { break-inside: avoid; } section { margin-top: 1.5rem; } }
"""
