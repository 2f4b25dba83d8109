/** What a session shows before anything is played: made of next to nothing, so that the map can stand on the screen while the simulation is still being loaded. */
import {nothing} from '../selectors/nothing.ts';
import {courseView, type Standing} from './course-view.ts';
import type {TimeView, View} from './types.ts';

/** Time, where there is no world. */
export const NOWHERE = {
  now: 0,
  end: 0,
  step: 0,
  firstStep: 0,
  lastStep: 0,
  past: false,
  paused: false,
  hit: undefined,
  breakpoints: 0,
  idle: true,
  speed: 1,
  pace: undefined,
  foreseeing: false,
  marks: [],
  branch: '',
  walk: undefined,
} satisfies TimeView;

/** The view of a session that has just been made. */
export const mapView = (standing: Standing): View => ({
  place: 'map',
  course: courseView(standing),
  lesson: undefined,
  time: NOWHERE,
  facts: nothing,
  transcript: [],
  busy: false,
  waiting: undefined,
  shown: undefined,
  beside: undefined,
  prediction: undefined,
  ordering: undefined,
  editing: undefined,
  toast: undefined,
  context: '',
  namespace: 'default',
});
