/** The one style sheet of all reports. It is inside the page: a report needs nothing but its own file. */
import { COLOUR } from '../drawing/colour.js';

/** On dark ground the same hues, lighter. */
const DARK: Record<keyof typeof COLOUR, string> = {
  ink: '#e6e9ed',
  muted: '#a3adb8',
  grid: '#323a44',
  band: '#1d242c',
  paper: '#14191f',
  blue: '#5aabf0',
  orange: '#f0ab3d',
  green: '#3fc79c',
  purple: '#dd8cc4',
  red: '#ff8458',
  sky: '#6cc3f2',
};

function variables(colours: Record<string, string>): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');
}

export const STYLE = `
:root{color-scheme:light dark;${variables(COLOUR)}}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;
 -webkit-text-size-adjust:100%}
main{max-width:1004px;margin:0 auto;padding:2.5rem 2rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.01em;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.3rem;line-height:1.3;margin:3rem 0 .6rem;padding-top:.9rem;border-top:1px solid var(--grid)}
h3{font-size:1.02rem;margin:1.8rem 0 .4rem}
p{margin:.5rem 0 .9rem;max-width:46rem}
.outcome{font-size:1.12rem;max-width:50rem}
.outcome strong{font-weight:650}
.kicker{color:var(--muted);margin:0 0 .3rem;font-size:.9rem}
.note{border-left:3px solid var(--orange);padding:.15rem 0 .15rem .9rem;margin:1rem 0}
.muted,figcaption{color:var(--muted)}
figcaption{font-size:.9rem;line-height:1.45;margin-top:.5rem;max-width:50rem}
figure{margin:1.4rem 0 2rem}
figure h3{margin:0 0 .5rem}
figure svg{display:block;max-width:100%;height:auto}
.narrow{display:none}
.table{overflow-x:auto;margin:.8rem 0 1.4rem;-webkit-overflow-scrolling:touch}
.table:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;line-height:1.35}
caption{text-align:left;font-weight:600;padding:0 0 .45rem}
th{text-align:left;font-weight:600;vertical-align:bottom;color:var(--muted)}
th,td{padding:.38rem 1.05rem .38rem 0;border-bottom:1px solid var(--grid)}
td{vertical-align:top}
th:last-child,td:last-child{padding-right:.2rem}
.text{min-width:9rem}
.number{text-align:right}td.number{white-space:nowrap}
.code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:.84rem;overflow-wrap:anywhere}
.hash{white-space:nowrap}
.yes{color:var(--green);font-weight:600}.no{color:var(--red);font-weight:600}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11.5rem,1fr));gap:.8rem 1.6rem;margin:1.4rem 0}
dl div{border-top:2px solid var(--grid);padding-top:.35rem}
dt{color:var(--muted);font-size:.84rem}
dd{margin:0;overflow-wrap:anywhere}
@media (max-width:760px){
 main{padding:1.4rem 1rem 3rem}
 .wide{display:none}.narrow{display:block}
 h1{font-size:1.5rem}
 dl{grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.6rem 1rem}
}
details{margin:1rem 0}summary{cursor:pointer;color:var(--muted)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--band);padding:.8rem 1rem;font-size:.82rem;line-height:1.45}
footer{margin-top:3.5rem;padding-top:.9rem;border-top:1px solid var(--grid);color:var(--muted);font-size:.85rem}
@media print{main{max-width:none;padding:0}figure,tr{break-inside:avoid}h2{break-after:avoid}}
`;
