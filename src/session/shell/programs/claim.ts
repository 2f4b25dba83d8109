/** `claim`: sentences of old texts, each judged by the learner and then by the cluster. */
import {CLAIMS, claimsOf, type NumberedClaim, ROOMS, verdictOf} from '../../../course/claims/claims.ts';
import {EXIT} from '../../../course/claims/judgements.ts';
import {type Claim, type ClaimVerdict, VERDICT_WORDS, VERDICTS} from '../../../course/claims/types.ts';
import {stderr, stdout} from '../../../kubectl/effects.ts';
import type {Effects} from '../../../kubectl/types.ts';
import {noted, readSheet, type SheetLine} from '../../lesson/claims/sheet.ts';
import {clearAway, type PastTrial, type Type, tidyUp, tryClaim, tryInPast} from '../../lesson/claims/trial.ts';
import type {Program, ProgramEnv} from '../shell.ts';

const USAGE = `claim [ROOM] | NUMBER [${VERDICTS.join('|')} [PERCENT]]`;

export const claim: Program = {
  name: 'claim',
  usage: USAGE,
  about: 'claims of old texts: say of one whether it is true, was, or never was, and how sure you are; then it is tried',
  *run([word, said, percent = '100'], env, type) {
    if (word === undefined) return yield* list(CLAIMS, env);
    const room = ROOMS.find(({name}) => name === word);
    if (room) return yield* list(claimsOf(room.name), env);
    const found = CLAIMS.find(({number}) => String(number) === word);
    if (found && said === undefined) return yield* show(found);
    const verdict = VERDICTS.find(each => each === said);
    const sure = /^\d+%?$/.test(percent) ? Number.parseInt(percent, 10) : Number.NaN;
    if (found && verdict && sure <= 100) return yield* judge(found, verdict, sure, env, type);
    yield* stderr(`usage: ${USAGE}. Rooms: ${ROOMS.map(({name}) => name).join(', ')}; claims: 1 to ${CLAIMS.length}\n`);
    return EXIT.usage;
  },
  complete(argv) {
    if (argv.length === 0)
      return [
        ...ROOMS.map(({name, claims}) => ({text: name, about: `${claims.length} claims`})),
        ...CLAIMS.map(({number, claim: {says}}) => ({text: String(number), about: says})),
      ];
    if (argv.length === 1) return VERDICTS.map(text => ({text, about: VERDICT_WORDS[text]}));
    return argv.length === 2 ? SURE.map(text => ({text, about: 'percent sure'})) : [];
  },
};

/** From a guess among three to certainty. */
const SURE = ['33', '50', '70', '80', '90', '100'];

const numbered = (number: number): string => String(number).padStart(2);

const MARKS: Readonly<Record<SheetLine['outcome'], string>> = {right: '✓', wrong: '✗', untried: ' '};

function* list(claims: readonly NumberedClaim[], {state}: ProgramEnv): Effects<number> {
  const said = new Map(readSheet(state.files).map(line => [line.number, line]));
  for (const {
    number,
    claim: {says},
  } of claims) {
    const last = said.get(number);
    const verdict = last?.outcome === 'right' ? ` (${VERDICT_WORDS[last.said]})` : '';
    yield* stdout(`${numbered(number)} ${last ? MARKS[last.outcome] : ' '} ${says}${verdict}\n`);
  }
  return 0;
}

function* show({number, claim: {source, says, run}}: NumberedClaim): Effects<number> {
  yield* stdout(`${numbered(number)} "${says}" (${source})\nIt will be tried with:\n${run.map(line => `  ${line}\n`).join('')}`);
  return 0;
}

function* judge(found: NumberedClaim, said: ClaimVerdict, sure: number, env: ProgramEnv, type: Type): Effects<number> {
  const {number, claim: each} = found;
  const note = (outcome: SheetLine['outcome']): void => {
    env.state = {...env.state, files: noted(env.state.files, {number, said, outcome})};
  };
  yield* makeRoom(env, type);
  // Whoever ends a trial halfway has not seen it.
  note('untried');
  yield* stdout(`"${each.says}"\nYou say: ${VERDICT_WORDS[said]}${sure < 100 ? `, ${sure} % sure` : ''}. Today, v1.36:\n`);
  const outcome = yield* tried(each, said, env, type);
  note(outcome);
  return EXIT[outcome];
}

/** Takes away what the last trial left; of one that did not come to its end, all of it. */
function* makeRoom(env: ProgramEnv, type: Type): Effects<void> {
  const last = readSheet(env.state.files).at(-1);
  const standing = CLAIMS.find(({number}) => number === last?.number)?.claim;
  if (!standing) return;
  if (last?.outcome === 'untried') yield* tidyUp(standing, env, type);
  yield* clearAway(standing, env, type);
}

/** Tries a claim today and, where it does not hold, in the past; tells what that says of what the learner said. */
function* tried(each: Claim, said: ClaimVerdict, env: ProgramEnv, type: Type): Effects<SheetLine['outcome']> {
  const before: ProgramEnv = {cluster: env.cluster.history.branch(), state: env.state, disabled: env.disabled};
  const today = yield* tryClaim(each, env, type);
  yield* tidyUp(each, env, type);
  const past = today === false ? tryInPast(each, before, type) : [];
  if (today === undefined || past.some(({so}) => so === undefined)) {
    yield* stderr('This shows neither that it is so nor that it is not: the cluster is not as the trial needs it. undo, or reset\n');
    return 'untried';
  }
  yield* tellPast(past);
  const verdict = verdictOf(
    today,
    past.map(({so}) => so === true),
  );
  const right = verdict === said;
  yield* stdout(`${right ? '✓ Right' : '✗ No'}: ${VERDICT_WORDS[verdict]}. ${each.truth}\n`);
  return right ? 'right' : 'wrong';
}

/** What was seen in a cluster where it was so; of the others only that it was not. */
function* tellPast(past: readonly PastTrial[]): Effects<void> {
  for (const {version, year, output} of past.filter(({so}) => so)) yield* stdout(`The same in v${version} (${year}):\n${output}`);
  const not = past.filter(({so}) => !so).map(({version, year}) => `v${version} (${year})`);
  if (not.length) yield* stdout(`Not so today, and as little in ${not.join(' and ')}.\n`);
}
