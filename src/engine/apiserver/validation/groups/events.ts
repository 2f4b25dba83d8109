/** Events of the group that they have today. upstream: pkg/apis/core/validation/events.go */
import {validateNewEvent, validateNewEventUpdate} from '../core/event.ts';
import type {GroupRules} from '../rules.ts';

export const eventsRules: GroupRules = {Event: {validate: validateNewEvent, validateUpdate: validateNewEventUpdate}};
