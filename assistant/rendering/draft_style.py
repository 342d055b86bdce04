"""The look of the report on a draft: light and dark, wide and narrow, on screen and on paper."""

from __future__ import annotations

STYLE = """
:root { --paper: #fff; --ink: #1d1d1f; --faint: #6a6a70; --line: #e3e3e6; --card: #f7f7f8;
  --words: #b3261e; --words-soft: #fdecea; --pages: #8a5a00; --pages-soft: #fdf3dc;
  --source: #2a56b9; --source-soft: #e8effc; --ins: #0b6b3a; --ins-soft: #dff5e7; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #17181a; --ink: #e6e6e8; --faint: #9a9aa2; --line: #303238; --card: #202226;
    --words: #ff9d94; --words-soft: #47211e; --pages: #f0c063; --pages-soft: #40310f;
    --source: #9dbcff; --source-soft: #1f2f52; --ins: #7bdba2; --ins-soft: #173b27; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 84rem; background: var(--paper);
  color: var(--ink); font: 16px/1.6 Georgia, "Times New Roman", serif; }
header, aside, .at, .n { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header { border-bottom: 1px solid var(--line); margin-bottom: 1.25rem; padding-bottom: 1rem; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--faint); font-size: .95rem; }
header .clean { color: var(--ins); margin-top: .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: .75rem 0 0; padding: 0; }
.kind { display: inline-block; padding: .15rem .65rem; border-radius: 1rem; font-size: .85rem;
  text-decoration: none; }
.kind:hover, .kind:focus-visible { text-decoration: underline; }
.row { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 23rem); column-gap: 1.5rem;
  margin-bottom: 1rem; }
.lines { display: grid; grid-template-columns: 3.75rem minmax(0, 1fr); column-gap: 1rem;
  align-content: start; }
.at { color: var(--faint); font-size: .75rem; line-height: 1.6rem; text-align: right; user-select: none;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; min-height: 1.6rem; }
mark { color: inherit; background: var(--soft); border-bottom: 2px solid var(--hue);
  -webkit-box-decoration-break: clone; box-decoration-break: clone; padding: .05em 0; }
del { text-decoration: line-through; text-decoration-thickness: 1.5px; color: var(--words); }
ins { text-decoration: none; color: var(--ins); background: var(--ins-soft); border-radius: .15rem;
  padding: 0 .15em; }
del::before, del::after, ins::before, ins::after { position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
del::before { content: " [not printed: "; }
ins::before { content: " [printed: "; }
.text del::before { content: " [goes: "; }
.text ins::before { content: " [comes: "; }
del::after, ins::after { content: "] "; }
.n { display: inline-block; min-width: 1.15rem; padding: 0 .25rem; margin: 0 .15rem; border-radius: .6rem;
  background: var(--hue); color: var(--paper); font-size: .68rem; line-height: 1.15rem; text-align: center;
  text-decoration: none; vertical-align: super; font-weight: 600; }
.misquoted, .not-found { --hue: var(--words); --soft: var(--words-soft); }
.wrong-page, .no-such-page { --hue: var(--pages); --soft: var(--pages-soft); }
.wrong-source, .second-hand, .uncited, .unmarked { --hue: var(--source); --soft: var(--source-soft); }
.kind { background: var(--soft); color: var(--hue); }
section { background: var(--card); border: 1px solid var(--line); border-left: 3px solid var(--hue);
  border-radius: .4rem; padding: .5rem .75rem .6rem; margin: 0 0 .6rem; font-size: .85rem; line-height: 1.45;
  scroll-margin-top: 1rem; break-inside: avoid; }
section:target { outline: 2px solid var(--hue); }
section h2 { font-size: .85rem; margin: 0; color: var(--hue); }
section h2 .n { margin-left: 0; vertical-align: baseline; }
section small { color: var(--faint); font-weight: normal; margin-left: .25rem; }
section p { margin: .2rem 0 0; color: var(--faint); }
section .words { font-family: Georgia, "Times New Roman", serif; color: var(--ink); font-size: .95rem;
  max-height: 18rem; overflow: auto; overflow-wrap: anywhere; }
dl { margin: .35rem 0 0; }
dl div { display: flex; gap: .5rem; }
dt { color: var(--faint); flex: 0 0 3.75rem; }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
@media (max-width: 60rem) {
  body { padding: 1rem .75rem 3rem; }
  .row { grid-template-columns: minmax(0, 1fr); }
  .lines { grid-template-columns: 2.6rem minmax(0, 1fr); column-gap: .6rem; }
  aside { margin: .5rem 0 0 3.2rem; } }
@media print {
  :root { --paper: #fff; --ink: #000; --faint: #444; --line: #bbb; --card: #fff; --ins: #064; --words: #900;
    --pages: #630; --source: #039; --words-soft: #fff; --pages-soft: #fff; --source-soft: #fff;
    --ins-soft: #fff; }
  body { font-size: 11pt; max-width: none; padding: 0; }
  .row { grid-template-columns: minmax(0, 1fr) 6.2cm; column-gap: .5rem; }
  .lines { grid-template-columns: 2.5rem minmax(0, 1fr); column-gap: .5rem; }
  aside { margin: 0; }
  .n { background: none; color: var(--hue); border: 1px solid var(--hue); }
  ins { text-decoration: underline; }
  section .words { max-height: none; overflow: visible; } }
"""
