/** A film of a lesson as one page that needs nothing else: all scenes stand in it one after the other; its own small script turns it into one scene at a time. */
import {sha256} from '../../engine/api/sha256.ts';
import type {Film, Scene} from '../film.ts';
import {html, type Markup} from './page.ts';
import {minutes} from './table.ts';

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--dim:#777;--ok:#2a8a4a}
body{font:20px/1.4 system-ui,sans-serif;margin:1.5rem 2.5rem}
pre{font:18px/1.35 ui-monospace,monospace;white-space:pre-wrap;margin:.6rem 0}
h2{font:600 26px ui-monospace,monospace;margin:.4rem 0}
.dim{color:var(--dim)}.story{border-left:4px solid var(--line);padding-left:1rem}
.met{color:var(--ok)}ul{list-style:none;padding:0}
nav{display:none;position:sticky;top:0;padding:.4rem 0;background:Canvas;border-bottom:1px solid var(--line)}
.one nav{display:block}.one section{display:none}.one section.now{display:block}
button{font-size:20px;margin-right:.6rem}
`;

/** Shows one scene; arrows, Page keys and space turn to the next and back, Home and End to the ends. */
const SCRIPT = `
const scenes=[...document.querySelectorAll('section')];const place=document.querySelector('#place');let at=0;
const show=to=>{at=Math.max(0,Math.min(scenes.length-1,to));scenes.forEach((s,i)=>s.classList.toggle('now',i===at));place.textContent=(at+1)+' / '+scenes.length;scrollTo(0,0)};
const keys={ArrowRight:1,ArrowDown:1,PageDown:1,' ':1,ArrowLeft:-1,ArrowUp:-1,PageUp:-1,Home:-1e9,End:1e9};
addEventListener('keydown',e=>{if(keys[e.key]){e.preventDefault();show(at+keys[e.key])}});
document.querySelector('#back').onclick=()=>show(at-1);document.querySelector('#next').onclick=()=>show(at+1);
document.body.classList.add('one');show(0);
`;

/** The whole page. Only its own script can run in it, known by its hash. */
export function filmPage({lesson, scenes}: Film): string {
  const hash = btoa(String.fromCharCode(...sha256(SCRIPT)));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{markup: `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`}}">
<meta name="viewport" content="width=device-width">
<title>${`${lesson.number} ${lesson.title}`}</title>
<style>${{markup: STYLE}}</style>
</head>
<body>
<h1>${lesson.number} ${lesson.title}</h1>
<p class="dim">${lesson.about}</p>
<nav><button id="back">←</button><button id="next">→</button><span id="place"></span></nav>
${scenes.map(sceneMarkup)}
<script>${{markup: SCRIPT}}</script>
</body>
</html>
`.markup;
}

function sceneMarkup(scene: Scene): Markup {
  return html`<section>
<h2>${scene.title}</h2>
<p class="dim">${minutes(scene.atMs)}, revision ${scene.revision}</p>
${scene.output !== '' && html`<pre>${lines(scene.output.split('\n'))}</pre>`}
${scene.story.length > 0 && html`<pre class="story">${lines(scene.story)}</pre>`}
<ul>${scene.objectives.map(o => html`<li class="${o.met && 'met'}">${o.met ? '✓' : '◌'} ${o.text}</li>`)}</ul>
</section>
`;
}

/** Each line by itself made inert: a line end is no control character here. */
const lines = (all: readonly string[]): Markup => ({markup: all.map(line => html`${line}`.markup).join('\n')});
