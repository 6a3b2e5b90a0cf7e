// What the evaluation's page looks like, and its one script. Constants: nothing from outside gets in here.
#include "train/report/parts.h"

namespace aisle::report {

std::string_view style_sheet() {
  return R"css(
:root{color-scheme:light dark;--paper:#fbfbf9;--card:#fff;--ink:#1c1f23;--soft:#5a626c;--line:#e2e3df;--right:#1f6fb2;
--wrong:#c2570c;--many:#8a929c;--tint:#e8f1f9;--tint-wrong:#fdeee2}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1c2024;--ink:#e7e9eb;--soft:#a3abb4;--line:#31363c;
--right:#5aa7e6;--wrong:#f0924a;--many:#858e98;--tint:#1d3245;--tint-wrong:#40291a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main,header{max-width:70rem;margin:auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .3rem;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:0 0 .75rem}
header p,figcaption,caption,.note{color:var(--soft)}
header p{margin:.2rem 0}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.25rem;margin:1.25rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.5rem 0 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 1rem}
.tiles b{display:block;font-size:1.6rem;line-height:1.2;font-weight:600;font-variant-numeric:tabular-nums}
.tiles span{color:var(--soft);font-size:.875rem}
.warning{border-left:4px solid var(--wrong);background:var(--tint-wrong);padding:.6rem .9rem;border-radius:4px;margin:1rem 0 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.925rem}
caption{text-align:left;padding-bottom:.5rem;font-size:.925rem}
th,td{padding:.4rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{font-weight:600;color:var(--soft);white-space:nowrap}
tbody th{font-weight:500;overflow-wrap:anywhere}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.measures th[scope=row]{white-space:nowrap}
.bar{display:inline-block;width:4rem;height:.5rem;margin-right:.5rem;border-radius:3px;background:linear-gradient(var(--right) 0 0) 0/var(--w) 100% no-repeat,var(--line)}
.pairs .bar,.mistakes .bar{background-image:linear-gradient(var(--wrong) 0 0)}
.mistakes p{margin:0;overflow-wrap:anywhere}
.mistakes code{color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
.mistakes b{display:inline-block;font-weight:500;background:var(--tint);border-radius:4px;padding:0 .4rem;margin:0 .1rem .2rem 0;overflow-wrap:anywhere}
.mistakes b.off{background:var(--tint-wrong)}
.mistakes b.off::before{content:"\2715\00a0";color:var(--wrong)}
.mistakes td:first-child{min-width:16rem}
th button{all:unset;cursor:pointer;border-radius:3px}
th button:focus-visible,.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--right);outline-offset:2px}
th[aria-sort] button::after{content:" \2193"}
th[aria-sort=ascending] button::after{content:" \2191"}
figure{margin:0}
.beside{display:grid;grid-template-columns:minmax(0,27rem) 1fr;gap:1rem 2.5rem;align-items:center}
.beside p{margin:0 0 .75rem}
.beside table{color:var(--ink)}.beside th,.beside td{padding:.15rem .5rem}
figcaption{font-size:.925rem;margin-top:.75rem;max-width:44rem}
summary{cursor:pointer;margin:.75rem 0}
svg text{fill:var(--soft);font-size:11px;font-family:inherit}
svg.reliability{width:100%;max-width:27rem;height:auto}
svg.matrix{display:block}
svg .in{fill:var(--ink);stroke:var(--card);stroke-width:2.5px;paint-order:stroke}
svg .right{fill:var(--right)}svg .wrong{fill:var(--wrong)}svg .many{fill:var(--many)}
svg .grid{stroke:var(--line)}svg .ground{fill:none;stroke:var(--line)}
svg .diagonal{stroke:var(--ink);stroke-dasharray:4 4;fill:none}
svg .stated{stroke:var(--wrong);stroke-width:2.5}
.key-right,.key-wrong{font-weight:600;color:var(--right)}.key-wrong{color:var(--wrong)}
footer{max-width:70rem;margin:auto;padding:0 1.25rem 2.5rem;color:var(--soft);font-size:.875rem}
@media (max-width:50rem){.beside{grid-template-columns:1fr}}
@media (max-width:40rem){header{padding-top:1.25rem}section{padding:1rem;margin:1rem 0}.bar{display:none}
.measures,.measures caption,.measures tbody{display:block}.measures thead{display:none}.measures tr{display:grid;grid-template-columns:1fr auto;border-bottom:1px solid var(--line);padding:.4rem 0}
.measures th,.measures td{border:0;padding:.1rem 0}.measures td:last-child{grid-column:1/-1;color:var(--soft)}
.mistakes,.mistakes caption,.mistakes tbody,.mistakes td{display:block}.mistakes thead{display:none}.mistakes tr{display:block;border-bottom:1px solid var(--line);padding:.5rem 0}
.mistakes td{border:0;padding:.15rem 0;text-align:left}.mistakes td+td::before{color:var(--soft);content:"True: "}
.mistakes td+td+td::before{content:"Answered: "}.mistakes td+td+td+td::before{content:"Probability: "}}
@media print{body{background:#fff}section{break-inside:avoid;border:0;padding:0}}
)css";
}

std::string_view sort_script() {
  return R"js(
for (const table of document.querySelectorAll("table[data-sort]")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const key = (row, i) => row.cells[i].dataset.v === undefined ? row.cells[i].textContent : +row.cells[i].dataset.v;
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : i === 0;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...body.rows].sort((a, b) => {
        const x = key(a, i), y = key(b, i);
        return typeof x === "string" ? x.localeCompare(y) : x - y;
      });
      body.append(...(up ? rows : rows.reverse()));
    };
  });
}
)js";
}

}  // namespace aisle::report
