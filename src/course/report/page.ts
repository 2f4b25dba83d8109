/** A grade book as one page that needs nothing else: no script, no picture from elsewhere, so it opens from disk and can do nothing. */

import {marked} from 'marked';
import {byText} from '../../engine/api/order.ts';
import {clean} from '../../selectors/text.ts';
import {VERDICT_WORDS} from '../claims/types.ts';
import type {GradeBook, Graded, GradedClaim, GradedLesson, Moment} from '../grading.ts';
import {brierText, minutes, totalOf} from './table.ts';

/** Markup that is safe to insert; everything else is text. */
export interface Markup {
  readonly markup: string;
}

const escapes: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'};

/** A text from anywhere, inert in a page. */
const escapeText = (text: string): string => clean(text).replace(/[&<>"']/g, character => escapes[character]!);

type Part = string | number | Markup | readonly Part[] | false | undefined;

const partText = (part: Part): string => {
  if (part === false || part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  return Array.isArray(part) ? part.map(partText).join('') : (part as Markup).markup;
};

/** A template whose values are escaped, but for what is markup already. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: texts.map((text, i) => text + (i < parts.length ? partText(parts[i]) : '')).join(''),
});

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--dim:#777;--ok:#2a8a4a;--warn:#b06a00;--bad:#c03030}
body{font:15px/1.45 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top}
th{font-weight:600}td.n{text-align:right;font-variant-numeric:tabular-nums}code{font:13px ui-monospace,monospace}
.dim{color:var(--dim)}.ok{color:var(--ok)}.bad{color:var(--bad)}.warn{color:var(--warn)}
details{border-top:1px solid var(--line);padding:.4rem 0}summary{cursor:pointer}
.bar{position:relative;height:1.4rem;border-bottom:2px solid var(--line);margin:.6rem 0}
.bar i{position:absolute;bottom:0;width:3px;height:.7rem;background:var(--dim)}
.bar i.mistake{background:var(--bad);height:1.3rem}.bar i.step{background:var(--ok);height:1.3rem}.bar i.hint{background:var(--warn);height:1rem}.bar i.back{background:#58c}
`;

/** The page. `guide` is Markdown of the package's own, shown at its end. */
export function bookPage(book: GradeBook, guide: string): string {
  const {submissions, refused} = book;
  const title = `podyssey: ${book.class}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${{markup: STYLE}}</style>
</head>
<body>
<h1>${book.class}</h1>
<p>${submissions.length} submissions graded by playing them again, ${refused.length} could not be.</p>
<h2>Points</h2>
${pointsTable(submissions)}
<h2>Misconceptions</h2>
${heatMap(submissions)}
<h2>To look at</h2>
${flagList(submissions)}
${refused.length > 0 && html`<h2>Not graded</h2>\n<ul id="refused">${refused.map(r => html`<li><code>${r.file}</code> ${r.why}</li>\n`)}</ul>`}
<h2>Student by student</h2>
${submissions.map(studentDetails)}
${guide !== '' && html`<h2 id="guide">Guide for teachers</h2>\n${{markup: marked.parse(guide, {async: false})}}`}
</body>
</html>
`;
  return page.markup;
}

function pointsTable(submissions: readonly Graded[]): Markup {
  const lessons = submissions[0]?.lessons ?? [];
  return html`<table id="points">
<tr><th>student</th><th>points</th>${lessons.map(l => html`<th title="${l.title}">${l.number}</th>`)}<th>hints</th><th>time</th><th>Brier</th></tr>
${submissions.map(
  each => html`<tr><td><a href="#${anchor(each)}">${each.student}</a></td><td class="n">${each.points}/${each.of}</td>${each.lessons.map(
    l => html`<td class="n${l.solved ? ' ok' : ''}">${l.points}/${l.of}${l.solved && ' ✓'}</td>`,
  )}<td class="n">${totalOf(each, l => l.hints)}</td><td class="n">${minutes(totalOf(each, l => l.timeMs))}</td><td class="n">${brierText(each)}</td></tr>
`,
)}</table>`;
}

/** Lessons by misconceptions: how many of the class each one caught. */
function heatMap(submissions: readonly Graded[]): Markup {
  const caught = new Map<string, Map<string, Set<Graded>>>();
  const titles = new Map<string, string>();
  for (const each of submissions) {
    for (const {number, title, mistakes} of each.lessons) {
      titles.set(number, title);
      for (const {say} of mistakes) {
        const row = caught.get(number) ?? new Map<string, Set<Graded>>();
        caught.set(number, row.set(say, (row.get(say) ?? new Set()).add(each)));
      }
    }
  }
  if (caught.size === 0) return html`<p id="heat">None spoke.</p>`;
  const rows = [...caught].sort(([a], [b]) => byText(a, b));
  return html`<table id="heat">
<tr><th>lesson</th><th>misconception</th><th>students</th></tr>
${rows.flatMap(([number, says]) =>
  [...says]
    .sort((a, b) => b[1].size - a[1].size || byText(a[0], b[0]))
    .map(([say, who]) => {
      const share = Math.round((100 * who.size) / submissions.length);
      const names = [...who].map(w => w.student).join(', ');
      return html`<tr><td>${number} ${titles.get(number)}</td><td>${say}</td><td class="n" title="${names}" style="background:rgba(220,60,40,${Math.max(8, share) / 100})">${who.size} (${share} %)</td></tr>
`;
    }),
)}</table>`;
}

function flagList(submissions: readonly Graded[]): Markup {
  const items = submissions.flatMap(each =>
    each.flags.map(f => html`<li><b>${each.student}</b>${f.lesson && `, ${f.lesson}`}: ${f.text}</li>\n`),
  );
  return items.length ? html`<ul id="flags">${items}</ul>` : html`<p id="flags">Nothing.</p>`;
}

/** File names are unique; as an anchor, in letters that need no quoting. */
const anchor = ({file}: Graded): string =>
  `s-${[...file].map(c => (/[a-z0-9]/i.test(c) ? c : `-${c.codePointAt(0)!.toString(16)}-`)).join('')}`;

function studentDetails(each: Graded): Markup {
  return html`<details id="${anchor(each)}"><summary><b>${each.student}</b> ${each.points}/${each.of} <span class="dim">${each.file}</span></summary>
${each.lessons.map(lessonDetails)}
</details>
`;
}

function lessonDetails(lesson: GradedLesson): Markup {
  const variant = Object.entries(lesson.variant)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
  return html`<h3>${lesson.number} ${lesson.title} ${lesson.points}/${lesson.of} <span class="dim">${variant}</span></h3>
${timeline(lesson)}
<table>${lesson.steps.map(
    step => html`<tr><td>${step.id}</td><td class="n">${step.points}/${step.of}</td><td>${step.objectives.map(
      o => html`<div class="${o.met ? 'ok' : 'bad'}">${o.met ? '✓' : '✗'} ${o.text} <span class="dim">${evidenceText(o)}</span></div>`,
    )}${step.prediction && html`<div class="${step.prediction.chosen === step.prediction.truth ? 'ok' : 'bad'}">predicted ${step.prediction.chosen} (${step.prediction.sure} %), it was ${step.prediction.truth}</div>`}${step.hints > 0 && html`<div class="warn">${step.hints} hints</div>`}</td></tr>
`,
  )}</table>${lesson.claims.length > 0 && claimsTable(lesson.claims)}`;
}

const claimsTable = (claims: readonly GradedClaim[]): Markup =>
  html`<table>${claims.map(
    c => html`<tr><td class="n">${c.number}</td><td>${c.says}</td><td class="${c.right ? 'ok' : 'bad'}">${c.right ? '✓' : '✗'} said ${VERDICT_WORDS[c.said]} (${c.sure} %)</td></tr>
`,
  )}</table>`;

function evidenceText({gap, evidence}: GradedLesson['steps'][number]['objectives'][number]): string {
  if (!evidence) return gap;
  return `${evidence.command ? `by ${evidence.command}, ` : ''}revision ${evidence.revision}, at ${minutes(evidence.atMs)}`;
}

/** What was done when: a mark for each thing, its words when pointed at. */
function timeline({moments, timeMs}: GradedLesson): Markup {
  const place = ({atMs}: Moment): string => ((100 * atMs) / Math.max(1, timeMs)).toFixed(2);
  return html`<div class="bar" role="img" aria-label="timeline of ${minutes(timeMs)}">${moments.map(
    m => html`<i class="${m.kind}" style="left:${place(m)}%" title="${minutes(m.atMs)} ${m.text}"></i>`,
  )}</div>`;
}
