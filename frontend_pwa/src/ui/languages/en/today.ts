/** PURE: the texts of Today in English. */
import type { today as zh } from '../zh/today';

export const today = {
  'today.hello': 'Hello, {name}',
  'today.log_visit': 'Log a visit',
  'today.log_visit_hint': 'Door → outcome → save',
  'today.visits_today': 'Visits today',
  'today.due': 'Due doors',
  'today.due_near': 'Due near you',
  'today.due_all': 'All due doors',
  'today.due_none': 'No door is due.',
  'today.due_none_hint': 'Choose any door under “Nearby” or “Search”.',
  'today.no_doors': 'There are no doors on this phone yet.',
  'today.no_doors_hint': 'They come by themselves once there is a network.',
  'today.disputes': 'My disputes',
  'today.disputes_none': 'No dispute is waiting for you.',
  'today.disputes_all': 'All disputes',
  'today.drafts': 'Unfinished visits',
  'today.draft_resume': 'Go on',
  'today.draft_drop': 'Discard',
  'today.visits_list': 'Visited today',
  'today.pending': 'unsent',
} satisfies Record<keyof typeof zh, string>;
