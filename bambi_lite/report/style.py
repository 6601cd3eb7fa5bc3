"""How the page looks. Everything is here: no font, script or picture comes from elsewhere."""

STYLE = """
:root { --ink: #1d2733; --soft: #5b6876; --line: #d9dfe6; --back: #f6f8fa; --blue: #0b5cad; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 62rem; padding: 0 1.25rem 3rem; color: var(--ink);
  background: #fff; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
  "DejaVu Sans", sans-serif; overflow-wrap: break-word;
}
header { border-bottom: 3px solid var(--blue); padding: 1.75rem 0 1rem; }
h1 { font-size: 1.65rem; line-height: 1.25; margin: 0 0 0.6rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-bottom: 0.3rem;
     border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 0.4rem; }
p { margin: 0.5rem 0; }
.soft, .remark, figcaption { color: var(--soft); font-size: 0.9rem; }
a { color: var(--blue); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; list-style: none; margin: 0.9rem 0 0;
         padding: 0; font-size: 0.95rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",
            monospace; font-size: 0.9em; }
pre { background: var(--back); border: 1px solid var(--line); border-radius: 6px; margin: 0.6rem 0;
      overflow-x: auto; padding: 0.7rem 0.9rem; white-space: pre-wrap; }
.verdict { border-left: 5px solid; border-radius: 4px; margin: 1rem 0 0; padding: 0.6rem 0.9rem; }
.verdict.good { background: #eef7f0; border-color: #2e7d4f; }
.verdict.doubtful { background: #fff6e5; border-color: #c77700; }
.verdict ul { margin: 0.3rem 0 0; padding-left: 1.2rem; }
.facts { display: grid; gap: 0.15rem 1rem; grid-template-columns: max-content 1fr;
         margin: 0.6rem 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.wide { margin: 0.3rem 0 0.8rem; overflow-x: auto; }
.wide table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
.wide th, .wide td { border-bottom: 1px solid var(--line); padding: 0.28rem 0.7rem;
                     text-align: left; vertical-align: top; }
.wide thead th { border-bottom: 2px solid var(--line); color: var(--soft); font-weight: 600;
                 vertical-align: bottom; }
.wide tbody th { font-weight: 500; }
.wide.numbers th, .wide.numbers td { white-space: nowrap; }
.wide.numbers td, .wide.numbers thead th { text-align: right; }
.wide.numbers th:first-child { background: #fff; left: 0; position: sticky; text-align: left; }
.equations { display: grid; gap: 0.35rem 0.55rem; align-items: baseline;
             grid-template-columns: max-content max-content minmax(0, 1fr);
             margin: 0.4rem 0 0.8rem; overflow-x: auto; }
.equations > .right { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.35rem;
                      overflow-x: auto; padding-bottom: 0.15rem; }
.equations .where { color: var(--soft); font-size: 0.9rem; margin-left: 0.9rem; }
math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "DejaVu Math TeX Gyre",
       math; font-size: 1.08em; }
math .bold { font-weight: bold; }
math .mean { border-top: 0.06em solid; padding-top: 0.1em; }
figure { margin: 0.6rem 0; }
figcaption { padding-left: 0.3rem; }
figure img { display: block; height: auto; max-width: 100%; }
figure.wide img { max-width: none; }
.pictures { display: grid; gap: 0.8rem 1.5rem;
            grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
details { margin: 0.6rem 0; }
summary { color: var(--blue); cursor: pointer; }
footer { border-top: 1px solid var(--line); color: var(--soft); font-size: 0.85rem;
         margin-top: 3rem; padding-top: 0.8rem; }
@media (min-width: 40.01rem) {
  .estimates th:first-child { min-width: 12rem; }
  .estimates td { min-width: 6rem; }
}
@media (max-width: 40rem) {
  body { padding: 0 0.9rem 2rem; font-size: 15px; }
  h1 { font-size: 1.3rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 0.4rem; }
  .equations { grid-template-columns: max-content minmax(0, 1fr); }
  .equations > .left { grid-column: 1 / -1; margin-top: 0.35rem; }
  .equations > .relation { padding-left: 0.8rem; }
  .equations .where { flex-basis: 100%; margin-left: 0; }
  .wide table { font-size: 0.85rem; }
  .wide th, .wide td { padding: 0.25rem 0.3rem; }
  .estimates table { font-size: 0.8rem; width: 100%; }
  .wide.estimates tbody th, .wide.estimates thead th { white-space: normal; }
  .estimates th:nth-child(n+6), .estimates td:nth-child(n+6) { display: none; }
  .stacked table, .stacked tbody, .stacked tr, .stacked th, .stacked td { display: block; }
  .stacked thead, .stacked td.empty { display: none; }
  .stacked tr { border-bottom: 1px solid var(--line); padding: 0.3rem 0; }
  .stacked th, .stacked td { border: 0; padding: 0.05rem 0; }
  .stacked tbody th { font-weight: 600; }
  .stacked td::before { color: var(--soft); content: attr(data-head) ": "; }
}
@media print { nav { display: none; } figure, .equations { break-inside: avoid; } }
"""
