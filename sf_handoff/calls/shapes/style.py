"""How the agent's page looks: system fonts, one accent, black on white; dark, forced colours and paper too.

Contrast is 7:1 or better, and nothing is said by colour alone. https://www.w3.org/WAI/WCAG22/quickref/
"""

from __future__ import annotations

CSS = """
:root { color-scheme: light dark; --ink: #16191d; --soft: #454c54; --paper: #ffffff; --panel: #f3f5f7;
  --line: #8a929b; --accent: #123f7a; --care: #7a1010; --care-paper: #fdf1f0; }
@media (prefers-color-scheme: dark) { :root { --ink: #f4f6f8; --soft: #c5ccd4; --paper: #14171a;
  --panel: #1f2429; --line: #7f8891; --accent: #a9cbff; --care: #ffb9b0; --care-paper: #331714; } }
@media (prefers-contrast: more) { :root { --soft: var(--ink); --line: var(--ink); } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.25rem; background: var(--paper); color: var(--ink);
  font: .9375rem/1.4 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, footer { color: var(--soft); font-size: .875rem; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem;
  padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
h1, h2, p, ul, dl, dd { margin: 0; padding: 0; }
h1 { font-size: inherit; font-weight: inherit; }
h2 { font-size: .9375rem; margin-bottom: .35rem; }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.glance { display: grid; gap: .75rem; padding: 1rem 0; }
.glance > div { display: grid; grid-template-columns: 3.75rem 1fr; align-items: baseline; }
.glance dt { color: var(--soft); font-size: .875rem; font-weight: 700; letter-spacing: .06em; }
.glance dd { font-size: 1rem; }
.glance strong { display: block; font-size: 1.25rem; line-height: 1.25; }
.glance > :first-child strong { font-size: 1.625rem; }
.glance .ask { font-size: 1.375rem; line-height: 1.3; font-weight: 600; color: var(--accent);
  border-inline-start: .375rem solid var(--accent); padding-inline-start: .75rem; }
.care { background: var(--care-paper); border: 2px solid var(--care); border-radius: .375rem;
  padding: .75rem 1rem; margin-bottom: 1rem; }
.care h2 { color: var(--care); }
.care li { margin-inline-start: 1.125rem; }
.care li + li { margin-top: .3rem; }
.care li:first-child { font-weight: 700; }
.rest { columns: 19rem; column-gap: .75rem; }
.rest section { background: var(--panel); border: 1px solid var(--line); border-radius: .375rem;
  padding: .75rem 1rem; margin-bottom: .75rem; break-inside: avoid; }
.rest li { margin-inline-start: 1.125rem; }
.rest ul + h2, .rest ul + dl, .rest p + ul { margin-top: .75rem; }
.rest dl > div { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem; padding: .1rem 0; }
.rest dt { color: var(--soft); }
dd, li, strong { overflow-wrap: anywhere; }
footer { margin-top: 1rem; padding-top: .5rem; border-top: 1px solid var(--line); }
@media (max-width: 30rem) { .glance > div, .rest dl > div { grid-template-columns: 1fr; gap: 0; } }
@media (forced-colors: active) { .care { border-width: 4px; } .glance .ask { border-color: CanvasText; } }
@page { margin: 12mm; }
@media print { :root { color-scheme: light; --ink: #000; --soft: #000; --paper: #fff; --panel: #fff;
  --line: #555; --accent: #000; --care: #000; --care-paper: #fff; }
  html { font-size: 12px; } body { max-width: none; padding: 0; } .glance { padding: .75rem 0; }
  .rest { columns: 3; } .rest section { padding: .5rem .75rem; }
  .rest dl > div { grid-template-columns: 7rem 1fr; }
  .care { break-inside: avoid; } }
"""
