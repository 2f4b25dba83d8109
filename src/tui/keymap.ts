/** The one table of keys: it feeds dispatch, the footer and the help. */

/**
 * Where a key means something, the most special first: a form or an open view before the prompt, the prompt before what is true everywhere.
 * `waiting` is the prompt while a command waits for virtual time; `scrub` lets the arrows move through time. `start` is the prompt while its line is empty: keys that never begin a command act at once there.
 */
export type Context =
  | 'edit'
  | 'scrub'
  | 'waiting'
  | 'search'
  | 'view'
  | 'tour'
  | 'predict'
  | 'order'
  | 'map'
  | 'presenter'
  | 'start'
  | 'prompt'
  | 'panel'
  | 'anywhere';

export interface Binding {
  readonly keys: readonly string[];
  readonly contexts: readonly Context[];
  readonly action: string;
  /** A word or two for the footer; keys without one are only in the help. */
  readonly label?: string;
  /** How the footer names the key, where it stands for its counterpart too. */
  readonly named?: string;
  readonly help: string;
  /** The command the key stands for; `{resource}`, `{name}` and `{namespace}` are those of the selected row. */
  readonly command?: string;
}

export const keymap = [
  // Line editing.
  {keys: ['enter'], contexts: ['prompt', 'start'], action: 'submit', label: 'run', help: 'run the line'},
  {
    keys: ['tab'],
    contexts: ['prompt'],
    action: 'complete',
    label: 'complete',
    help: 'complete commands, resources, names and flags; again for the next',
  },
  {keys: ['shift+tab'], contexts: ['prompt'], action: 'completeBack', help: 'the completion before'},
  {
    keys: ['right', 'ctrl+f'],
    contexts: ['prompt', 'start'],
    action: 'rightOrAccept',
    help: 'right; at the end of the line: take the grey suggestion',
  },
  {keys: ['left', 'ctrl+b'], contexts: ['prompt', 'start'], action: 'line:left', help: 'left'},
  {keys: ['home', 'ctrl+a'], contexts: ['prompt', 'start'], action: 'line:home', help: 'to the beginning of the line'},
  {
    keys: ['end', 'ctrl+e'],
    contexts: ['prompt', 'start'],
    action: 'endOrAccept',
    help: 'to the end of the line; there: take the grey suggestion',
  },
  {keys: ['alt+b', 'ctrl+left', 'alt+left'], contexts: ['prompt'], action: 'line:wordLeft', help: 'a word to the left'},
  {keys: ['alt+f', 'ctrl+right', 'alt+right'], contexts: ['prompt'], action: 'line:wordRight', help: 'a word to the right'},
  {keys: ['up', 'ctrl+p'], contexts: ['prompt', 'start'], action: 'line:historyBack', help: 'the line before, from the history'},
  {keys: ['down', 'ctrl+n'], contexts: ['prompt', 'start'], action: 'line:historyForward', help: 'the line after'},
  {
    keys: ['ctrl+r'],
    contexts: ['prompt', 'start', 'search'],
    action: 'line:searchStart',
    help: 'search the history; again for an older hit',
  },
  {keys: ['backspace'], contexts: ['prompt'], action: 'line:backspace', help: 'delete to the left'},
  {keys: ['delete', 'ctrl+d'], contexts: ['prompt'], action: 'line:delete', help: 'delete to the right'},
  {keys: ['ctrl+w', 'alt+backspace'], contexts: ['prompt'], action: 'line:killWord', help: 'cut the word to the left'},
  {keys: ['ctrl+u'], contexts: ['prompt'], action: 'line:killToStart', help: 'cut to the beginning'},
  {keys: ['ctrl+k'], contexts: ['prompt'], action: 'line:killToEnd', help: 'cut to the end'},
  {keys: ['ctrl+y'], contexts: ['prompt', 'start'], action: 'line:yank', help: 'put back what was cut'},
  {keys: ['enter', 'tab', 'right'], contexts: ['search'], action: 'line:searchAccept', label: 'take', help: 'take the line found'},
  {keys: ['esc', 'ctrl+g', 'ctrl+c'], contexts: ['search'], action: 'line:searchCancel', label: 'back', help: 'leave the search'},
  {keys: ['backspace'], contexts: ['search'], action: 'searchBackspace', help: 'search for less'},

  // For an audience.
  {keys: ['pagedown', 'right'], contexts: ['presenter'], action: 'nextLandmark', label: 'next', help: 'to the next command'},
  {keys: ['pageup', 'left'], contexts: ['presenter'], action: 'previousLandmark', label: 'before', help: 'to the command before'},

  // Time.
  {keys: ['space'], contexts: ['start', 'panel'], action: 'toggle', label: 'pause', help: 'let time flow, or stop it', command: 'pause'},
  {keys: ['.'], contexts: ['start', 'panel'], action: 'stepForward', label: 'step', help: 'one event forward', command: 'step'},
  {keys: [','], contexts: ['start', 'panel'], action: 'stepBack', label: 'back', help: 'one event back', command: 'back'},
  {
    keys: [']'],
    contexts: ['start', 'panel'],
    action: 'nextStage',
    label: 'stage',
    help: 'to the next stage of the pipeline',
    command: 'step stage',
  },
  {keys: ['['], contexts: ['start', 'panel'], action: 'previousStage', help: 'to the stage before', command: 'back stage'},
  {keys: ['}'], contexts: ['start', 'panel'], action: 'nextRevision', help: 'to the next revision in etcd', command: 'step revision'},
  {keys: ['{'], contexts: ['start', 'panel'], action: 'previousRevision', help: 'to the revision before', command: 'back revision'},
  {keys: [')'], contexts: ['start', 'panel'], action: 'nextLandmark', help: 'to the next command or bookmark', command: 'step command'},
  {
    keys: ['('],
    contexts: ['start', 'panel'],
    action: 'previousLandmark',
    help: 'to the command or bookmark before',
    command: 'back command',
  },
  {keys: ['>'], contexts: ['start', 'panel'], action: 'faster', help: 'faster', command: 'faster'},
  {keys: ['<'], contexts: ['start', 'panel'], action: 'slower', help: 'slower', command: 'slower'},
  {keys: ['='], contexts: ['start', 'panel'], action: 'present', help: 'to the present', command: 'present'},
  {
    keys: ['F'],
    contexts: ['waiting'],
    action: 'skip',
    label: 'skip',
    help: 'let time run as fast as it can until the command at hand is over',
    command: 'skip',
  },
  {
    // At the prompt too: what it was pressed for may have ended by itself, and no command begins with it.
    keys: ['F'],
    contexts: ['start', 'panel'],
    action: 'skip',
    help: 'let time run as fast as it can until the command at hand is over',
    command: 'skip',
  },
  {keys: ['u'], contexts: ['panel'], action: 'undo', help: 'take back the last command and all it caused', command: 'undo'},
  {keys: ['U'], contexts: ['panel'], action: 'redo', help: 'do it again', command: 'redo'},
  {keys: ['M'], contexts: ['panel'], action: 'mark', help: 'give this moment a name', command: 'mark'},
  {keys: ['C'], contexts: ['panel'], action: 'compare', help: 'what has changed since the last bookmark', command: 'compare'},
  {keys: ['&'], contexts: ['start', 'panel'], action: 'beside', help: 'the other timeline beside this one', command: 'beside'},
  {keys: ['B'], contexts: ['panel'], action: 'breaks', help: 'list the breakpoints', command: 'breaks'},
  {keys: ['S'], contexts: ['panel'], action: 'scrub', help: 'scrub: the arrows move through time'},
  {keys: ['alt+s'], contexts: ['anywhere'], action: 'scrub', help: 'scrub, from anywhere'},
  {keys: ['left', ','], contexts: ['scrub'], action: 'scrubBack', label: 'back', help: 'one event back', command: 'back'},
  {keys: ['right', '.'], contexts: ['scrub'], action: 'scrubForward', label: 'on', help: 'one event forward', command: 'step'},
  {
    keys: ['up', '('],
    contexts: ['scrub'],
    action: 'previousLandmark',
    label: 'command',
    help: 'to the command or bookmark before',
    command: 'back command',
  },
  {keys: ['down', ')'], contexts: ['scrub'], action: 'nextLandmark', help: 'to the next command or bookmark', command: 'step command'},
  {keys: ['pageup'], contexts: ['scrub'], action: 'scrubPageBack', label: '5 % back', help: 'a twentieth of the way back'},
  {keys: ['pagedown'], contexts: ['scrub'], action: 'scrubPageForward', help: 'a twentieth of the way forward'},
  {keys: ['home'], contexts: ['scrub'], action: 'scrubHome', help: 'to the beginning'},
  {keys: ['end'], contexts: ['scrub'], action: 'scrubEnd', help: 'to the end'},
  {keys: ['enter'], contexts: ['scrub'], action: 'scrubStay', label: 'stay', help: 'stay here'},
  {keys: ['esc', 'q'], contexts: ['scrub'], action: 'scrubLeave', label: 'present', help: 'leave scrubbing, to the present'},

  // What is selected.
  {
    keys: ['d', 'enter'],
    contexts: ['panel'],
    action: 'describe',
    label: 'describe',
    help: 'describe what is selected',
    command: 'kubectl describe {resource} {name} -n {namespace}',
  },
  {
    keys: ['y'],
    contexts: ['panel'],
    action: 'yaml',
    label: 'yaml',
    help: 'show it as YAML',
    command: 'kubectl get {resource} {name} -n {namespace} -o yaml',
  },
  {keys: ['l'], contexts: ['panel'], action: 'logs', label: 'logs', help: 'logs of the pod', command: 'kubectl logs {name} -n {namespace}'},
  {keys: ['v'], contexts: ['panel'], action: 'diff', help: 'what its last revision changed'},
  {
    keys: ['w'],
    contexts: ['panel'],
    action: 'why',
    label: 'why',
    help: 'the chain of causes, back to the keystroke',
    command: 'why {resource}/{name}',
  },
  {keys: ['e'], contexts: ['panel'], action: 'edit', help: 'edit it', command: 'kubectl edit {resource} {name} -n {namespace}'},
  {
    keys: ['b'],
    contexts: ['panel'],
    action: 'breakHere',
    help: 'stop the clock when it changes',
    command: 'break {resource}/{name} -n {namespace}',
  },
  {keys: ['/'], contexts: ['panel'], action: 'filter', label: 'filter', help: 'show only rows with these letters'},
  {keys: ['up'], contexts: ['panel', 'view', 'map'], action: 'up', help: 'up'},
  {keys: ['down', 'j'], contexts: ['panel', 'view', 'map'], action: 'down', help: 'down'},
  {keys: ['pageup', 'ctrl+b'], contexts: ['panel', 'view', 'map'], action: 'pageUp', help: 'a page up'},
  {keys: ['pagedown', 'ctrl+f'], contexts: ['panel', 'view', 'map'], action: 'pageDown', help: 'a page down'},
  {keys: ['home', 'g'], contexts: ['panel', 'view', 'map'], action: 'top', help: 'to the top'},
  {keys: ['end', 'G'], contexts: ['panel', 'view', 'map'], action: 'bottom', help: 'to the bottom'},

  // Moving about.
  {keys: ['tab'], contexts: ['start', 'panel'], action: 'focusNext', label: 'panels', help: 'to the next panel'},
  {keys: ['shift+tab'], contexts: ['start', 'panel'], action: 'focusPrevious', help: 'to the panel before'},
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'],
    contexts: ['panel'],
    action: 'panelByNumber',
    help: 'to the panel of that number',
  },
  {
    keys: ['alt+1', 'alt+2', 'alt+3', 'alt+4', 'alt+5', 'alt+6', 'alt+7', 'alt+8', 'alt+9', 'alt+0'],
    contexts: ['anywhere'],
    action: 'panelByNumber',
    help: 'to the panel of that number, from anywhere',
  },
  {keys: ['z', '+'], contexts: ['panel'], action: 'zoom', label: 'zoom', help: 'zoom the panel, or back'},
  {keys: ['ctrl+o'], contexts: ['anywhere'], action: 'zoom', help: 'zoom what has the focus, from the prompt too'},
  {keys: ['t'], contexts: ['panel'], action: 'focus:lesson', help: 'to the lesson'},
  {keys: ['alt+t'], contexts: ['anywhere'], action: 'focus:lesson', help: 'to the lesson, from anywhere'},
  {keys: ['pageup', 'pagedown'], contexts: ['prompt', 'start'], action: 'scrollShown', help: 'scroll the lesson'},
  {keys: ['alt+up', 'alt+down'], contexts: ['prompt', 'start'], action: 'scrollShell', help: 'scroll what commands printed'},
  {keys: [':', 'i'], contexts: ['panel'], action: 'focus:shell', label: 'prompt', help: 'back to the prompt'},
  {keys: ['k'], contexts: ['panel'], action: 'startTyping', help: 'back to the prompt, with a k: kubectl begins with it'},
  {
    keys: ['esc'],
    contexts: ['prompt', 'start', 'panel'],
    action: 'back',
    help: 'from the prompt to the panels and back; closes, clears, returns to the present',
  },
  {keys: ['h'], contexts: ['panel'], action: 'hint', help: 'a hint', command: 'hint'},
  {keys: ['alt+h'], contexts: ['anywhere'], action: 'hint', help: 'a hint, from anywhere', command: 'hint'},
  {keys: ['m'], contexts: ['panel'], action: 'map', help: 'the course map', command: 'map'},

  // The tour, views, forms, the map.
  {keys: ['enter', 'right', 'space', 'down'], contexts: ['tour'], action: 'tourNext', label: 'next', help: 'the next card of the tour'},
  {keys: ['left', 'up'], contexts: ['tour'], action: 'tourBack', help: 'the card before'},
  {keys: ['esc', 'q'], contexts: ['tour'], action: 'closeView', label: 'skip', help: 'leave the tour'},
  {keys: ['T'], contexts: ['panel', 'map'], action: 'tour', help: 'the tour of the screen'},
  {keys: ['esc', 'q', 'enter'], contexts: ['view'], action: 'closeView', label: 'close', help: 'close'},
  {keys: ['up'], contexts: ['predict'], action: 'optionUp', label: 'choose', named: '↑ ↓', help: 'the option above'},
  {keys: ['down', 'tab'], contexts: ['predict'], action: 'optionDown', help: 'the option below'},
  {keys: ['enter'], contexts: ['predict'], action: 'predict', label: 'predict', help: 'make it your prediction'},
  {
    keys: ['up'],
    contexts: ['order'],
    action: 'orderUp',
    label: 'choose',
    named: '↑ ↓',
    help: 'the card above; with a card in hand: it goes up',
  },
  {keys: ['down', 'tab'], contexts: ['order'], action: 'orderDown', help: 'the card below; with a card in hand: it goes down'},
  {keys: ['space'], contexts: ['order'], action: 'orderTake', label: 'take, put', help: 'take the card in hand, or put it down'},
  {keys: ['enter'], contexts: ['order'], action: 'orderDone', label: 'that is the order', help: 'that is the order', command: 'order'},
  {keys: ['esc', 'q'], contexts: ['order'], action: 'closeView', label: 'later', help: 'leave the cards as they lie'},
  {keys: ['o'], contexts: ['panel'], action: 'orderOpen', help: 'the cards to be put in order'},
  {keys: ['enter'], contexts: ['map'], action: 'openLesson', label: 'play', help: 'play the lesson'},
  {keys: ['t'], contexts: ['map'], action: 'testOut', label: 'test', help: 'skip this chapter by its test', command: 'podyssey test-out'},
  {keys: ['x'], contexts: ['map'], action: 'forget', help: 'forget the result of this lesson', command: 'forget'},
  {
    keys: ['s'],
    contexts: ['map'],
    action: 'sandbox',
    label: 'free play',
    help: 'free play on an empty cluster',
    command: 'podyssey sandbox',
  },

  // The editor.
  {keys: ['ctrl+s'], contexts: ['edit'], action: 'editSave', label: 'save', help: 'save and close'},
  {keys: ['esc', 'ctrl+c'], contexts: ['edit'], action: 'editLeave', label: 'leave', help: 'leave; what was changed is asked about'},
  {keys: ['ctrl+z', 'alt+u'], contexts: ['edit'], action: 'edit:undo', label: 'undo', help: 'take back the last change'},
  {keys: ['ctrl+y', 'alt+r'], contexts: ['edit'], action: 'edit:redo', help: 'make it again'},
  {keys: ['ctrl+g'], contexts: ['edit'], action: 'editNextFault', label: 'next fault', help: 'to the next fault'},
  {keys: ['ctrl+o'], contexts: ['edit'], action: 'editOutside', label: '$EDITOR', help: 'go on in the editor that $EDITOR names'},
  {keys: ['enter'], contexts: ['edit'], action: 'edit:newline', help: 'a new line, as deep as this one'},
  {keys: ['tab'], contexts: ['edit'], action: 'edit:indent', help: 'a level deeper'},
  {keys: ['shift+tab'], contexts: ['edit'], action: 'edit:outdent', help: 'a level up'},
  {keys: ['left', 'ctrl+b'], contexts: ['edit'], action: 'edit:left', help: 'left'},
  {keys: ['right', 'ctrl+f'], contexts: ['edit'], action: 'edit:right', help: 'right'},
  {keys: ['up', 'ctrl+p'], contexts: ['edit'], action: 'edit:up', help: 'up'},
  {keys: ['down', 'ctrl+n'], contexts: ['edit'], action: 'edit:down', help: 'down'},
  {keys: ['alt+b', 'ctrl+left', 'alt+left'], contexts: ['edit'], action: 'edit:wordLeft', help: 'a word to the left'},
  {keys: ['alt+f', 'ctrl+right', 'alt+right'], contexts: ['edit'], action: 'edit:wordRight', help: 'a word to the right'},
  {keys: ['home', 'ctrl+a'], contexts: ['edit'], action: 'edit:home', help: 'to the first letter, then to the beginning of the line'},
  {keys: ['end', 'ctrl+e'], contexts: ['edit'], action: 'edit:end', help: 'to the end of the line'},
  {keys: ['pageup'], contexts: ['edit'], action: 'editPageUp', help: 'a page up'},
  {keys: ['pagedown'], contexts: ['edit'], action: 'editPageDown', help: 'a page down'},
  {keys: ['ctrl+home', 'alt+<'], contexts: ['edit'], action: 'edit:top', help: 'to the top'},
  {keys: ['ctrl+end', 'alt+>'], contexts: ['edit'], action: 'edit:bottom', help: 'to the bottom'},
  {keys: ['backspace'], contexts: ['edit'], action: 'edit:backspace', help: 'delete to the left; among blanks: a level'},
  {keys: ['delete', 'ctrl+d'], contexts: ['edit'], action: 'edit:delete', help: 'delete to the right'},
  {keys: ['ctrl+w', 'alt+backspace'], contexts: ['edit'], action: 'edit:cutWord', help: 'cut the word to the left'},
  {keys: ['ctrl+k'], contexts: ['edit'], action: 'edit:cutLine', help: 'cut the line; several in a row are kept together'},
  {keys: ['ctrl+u'], contexts: ['edit'], action: 'edit:putBack', help: 'put back what was cut'},

  // Everywhere.
  {keys: ['?'], contexts: ['start', 'panel', 'map'], action: 'help', label: 'help', help: 'what the keys do here'},
  {keys: ['q'], contexts: ['panel', 'map'], action: 'quit', help: 'leave the lesson; on the map: leave the program'},
  {keys: ['ctrl+c'], contexts: ['anywhere'], action: 'interrupt', help: 'clear the line; twice: quit'},
  {keys: ['ctrl+d'], contexts: ['start'], action: 'quit', help: 'quit'},
  {keys: ['ctrl+l'], contexts: ['anywhere', 'edit'], action: 'redraw', help: 'draw the screen anew'},
  {keys: ['ctrl+z'], contexts: ['anywhere'], action: 'suspend', help: 'back to the shell; fg returns'},
] as const satisfies readonly Binding[];

export type ActionName = (typeof keymap)[number]['action'];

/** What a key means, given the contexts that hold, the most special first. */
export function bindingOf(key: string, contexts: readonly Context[]): (Binding & {action: ActionName}) | undefined {
  const table: readonly (Binding & {action: ActionName})[] = keymap;
  for (const context of contexts) {
    const binding = table.find(entry => entry.contexts.includes(context) && entry.keys.includes(key));
    if (binding) return binding;
  }
  return undefined;
}

/** The labelled bindings that their first key leads to, those of the most special context first: what the footer names. */
export function labelled(contexts: readonly Context[]): readonly Binding[] {
  const table: readonly Binding[] = keymap;
  const place = (entry: Binding): number => contexts.findIndex(context => entry.contexts.includes(context));
  return table
    .filter(entry => entry.label !== undefined && bindingOf(entry.keys[0]!, contexts) === entry)
    .toSorted((one, other) => place(one) - place(other));
}

const names: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  enter: 'Enter',
  space: 'Space',
  tab: 'Tab',
  esc: 'Esc',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  backspace: 'Backspace',
  delete: 'Del',
};

/** A key as the footer and the help print it: `^L`, `Shift+Tab`, `Alt+1`, `↑`. */
export function keyText(key: string): string {
  const [, modifier = '', base = key] = /^(ctrl\+|shift\+|alt\+)?(.+)$/.exec(key) ?? [];
  const name = names[base] ?? base;
  if (modifier === 'ctrl+') return `^${name.toUpperCase()}`;
  return modifier === 'shift+' ? `Shift+${name}` : modifier === 'alt+' ? `Alt+${name}` : name;
}
