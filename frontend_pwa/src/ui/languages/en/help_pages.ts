/** PURE: the help pages in English. */
import type { HelpPage, pages as zh } from '../zh/help_pages';

export const pages = {
  today: {
    title: 'Today',
    for: [
      'The day starts here: go out, log a visit, see which doors are due and which disputes are near their deadline. It all works without a network.',
    ],
    marks: [
      [
        'Start an outing / Back to the outing',
        'The big button says how things stand: no outing, recording, paused.',
      ],
      [
        'Due doors',
        'Doors that are due or overdue. Nearest first with a position, longest overdue first without one; never visited last.',
      ],
      [
        'Colours of disputes',
        'Plain: there is time. Amber: 70 % of the time is used. Red: overdue. The words say how many days.',
      ],
      [
        'The quiet line',
        'How many records are unsent, when the phone last synced, whether there is room. Tap it for each record.',
      ],
    ],
    wrong: [
      ['No doors', 'The first time needs a network. If it breaks off, the next time goes on from there.'],
      [
        'No distances',
        'The browser may not use the position, or has none yet. Doors are sorted by date; nothing is held up.',
      ],
      ['Something unfinished', '“Unfinished” lists every draft: go on with it, or discard it.'],
    ],
  },
  outing: {
    title: 'Outing',
    for: [
      'Start and end an outing: street patrol, road patrol, visit round or outreach, with partners and means of transport.',
      'Positions are recorded during an outing only. After it ends the phone records nothing.',
    ],
    marks: [
      ['Recording', 'Positions arrive and the track grows.'],
      ['No fix for … s', 'The phone gets no position. That time becomes a gap and does not count as walked.'],
      [
        'Stopped …',
        'With the screen off or another app in front a web page gets no position. Start and end are written down.',
      ],
      [
        'Pocket mode',
        'The screen goes dark without locking: put it into the pocket and it goes on recording.',
      ],
    ],
    wrong: [
      [
        'No track with the screen locked',
        'No web page can record then, on any browser. Use pocket mode, or pair OwnTracks or Traccar under “Recorders”.',
      ],
      [
        'The browser was closed',
        'Open it again: the outing goes on, with a gap. A missing track is no proof of a missing patrol.',
      ],
      ['Forgot to end it', 'It ends by itself after 12 hours, and says so.'],
    ],
  },
  outings: {
    title: 'My outings',
    for: ['Your own outings: day, kind, time, distance. You and, within the rules, your unit can see them.'],
    marks: [
      ['Distance', 'Counted from positions that were received; gaps do not count.'],
      ['Ended by itself', 'The app ended it after 12 hours.'],
    ],
    wrong: [['One is missing', 'An outing is listed on the phone on which it was started.']],
  },
  outing_done: {
    title: 'One outing',
    for: ['Track, distance, visits and notes of this outing. You can export your own track.'],
    marks: [
      ['Solid line', 'Where positions were received.'],
      ['Dashed line', 'A gap: nobody knows the way. It counts neither as covered nor as absent.'],
    ],
    wrong: [
      ['The track has holes', 'See the time and reason of each gap. A recorder app may deliver later.'],
    ],
  },
  recorders: {
    title: 'Recorders',
    for: [
      'A web page gets no position with the screen locked. To record then, use OwnTracks or Traccar Client; scan the QR code once to pair it.',
    ],
    marks: [
      ['Secret', 'Shown only this once. If it is lost, delete the pairing and make a new one.'],
      ['Only during an outing', 'Positions outside an outing are not kept; only their number is.'],
    ],
    wrong: [
      [
        'No track arrives',
        'Does the app have a network, the right to the position in the background, and no battery saver?',
      ],
      ['A new phone', 'Delete the old pairing and pair the new phone.'],
    ],
  },
  map: {
    title: 'Map',
    for: [
      'Your position, due doors, today’s track. The map package lies on the phone: it works without a network and asks no other site.',
    ],
    marks: [
      ['Circle', 'How exact the position is: the smaller the better.'],
      ['Dot', 'A due door; tap it to log a visit.'],
      ['Dashed line', 'A gap in the track.'],
    ],
    wrong: [
      [
        'The ground is empty',
        'The map package is not on the phone yet: download it when there is a network. Doors and track show anyway.',
      ],
      ['No map at all', 'This browser cannot draw it. The list of due doors says the same.'],
    ],
  },
  doors: {
    title: 'Choose a door',
    for: [
      'Find the door: due, nearby, search, or the QR code on its plate. One that is not registered can be proposed.',
    ],
    marks: [
      ['… days overdue', 'Its day has passed.'],
      ['Visited today', 'Somebody was there today; you can still log another visit.'],
      ['Awaiting review', 'A proposed door, until the lead confirms it.'],
    ],
    wrong: [
      [
        'Not found',
        'Try it another way: street and number, part of the name, or pinyin initials (灵泉街道: lqjd).',
      ],
      ['“Nearby” is empty', 'There is no position. Allow it in the browser, or search.'],
    ],
  },
  scan: {
    title: 'Scan a door plate',
    for: [
      'Point the camera at the QR code on the plate to open that door. The picture is read on the phone, not sent, not kept.',
    ],
    marks: [['Frame', 'Hold the code inside it, about a hand away.']],
    wrong: [
      ['The camera does not open', 'The browser may not use it. Allow it in its settings, or search.'],
      ['It is not read', 'Clean the plate and avoid glare. Or type the number of the plate into the search.'],
      ['Not a door of your unit', 'The code belongs to another area. Check the address by search.'],
    ],
  },
  new_door: {
    title: 'Propose a door',
    for: [
      'A household or enterprise that is not registered: propose it at the door. You can log a visit at once; the lead confirms it.',
    ],
    marks: [
      ['May be a duplicate', 'A similar address is near. Look whether it is the same door; if not, go on.'],
      ['Household', 'An address only, no name.'],
    ],
    wrong: [
      [
        'The position is off',
        'Propose it at the door itself, or without a position and with a clear address.',
      ],
    ],
  },
  visit: {
    title: 'Log a visit',
    for: [
      'Tap an outcome, save, done. Everything else is optional: hazards, help, advice, checklist, photos, voice note, signature, note, dispute.',
      'Every change is on the phone’s disk at once; an empty battery loses nothing.',
    ],
    marks: [
      ['Position ± … m', 'The best position so far. Saving works without one, and says why there is none.'],
      ['Visited earlier today', 'Only a hint: you can log another visit.'],
      ['Saved · Undo', 'For five seconds; the form comes back as a draft. After that, correct it.'],
    ],
    wrong: [
      [
        'A mistake',
        'Undo within five seconds; later open it under “Visited today” and correct it. The first one stays.',
      ],
      ['It does not save', 'The phone is probably full. Make room and tap again; nothing is lost.'],
      ['Photos are slow', 'Records go first, photos follow and go on where they broke off.'],
    ],
  },
  visit_record: {
    title: 'One visit',
    for: [
      'A visit that was saved: what was written, where, how many photos have arrived, whether it was sent.',
    ],
    marks: [
      ['Unsent', 'Still on the phone, no receipt yet.'],
      ['Corrected', 'There is a correction; the first one can still be read.'],
    ],
    wrong: [['Something is wrong in it', 'Tap “Correct” and say why. Nothing is deleted.']],
  },
  correct: {
    title: 'Correct a visit',
    for: ['Put right a visit that was saved. A correction is a new record; both can be read.'],
    marks: [['Reason', 'Needed; one sentence is enough.']],
    wrong: [['It cannot be corrected', 'It was corrected already: open the latest one.']],
  },
  disputes: {
    title: 'Disputes',
    for: ['The disputes of your unit by deadline, the most pressing first. You can open a new one.'],
    marks: [
      ['Amber / red', 'Amber: 70 % of the time is used. Red: overdue. The words say how many days.'],
      ['Risk', 'Of the case escalating. It says nothing about a person.'],
      ['Unsent', 'On the phone; it leaves when there is a network.'],
    ],
    wrong: [['One is missing', 'Look at the filters: mine, all, open, finished.']],
  },
  dispute: {
    title: 'One dispute',
    for: ['A dispute from its discovery to its end. The buttons say what can come next.'],
    marks: [
      [
        'Kept for the record',
        'The state did not allow this step: it is kept and shown, and changes nothing.',
      ],
      ['Masked names and numbers', 'To read them in clear you give a reason, and that is written down.'],
      ['Deadlines', 'Assigned within 3 days, resolved within 30, followed up 30 days later.'],
    ],
    wrong: [
      [
        'A colleague works on it too',
        'Steps of both phones fold in one order once there is a network; none is lost.',
      ],
      ['A step is wrong', 'Add a correction; the first one stays.'],
    ],
  },
  dispute_new: {
    title: 'Open a dispute',
    for: ['Category, risk of escalating, one sentence. Place and contacts of the parties are optional.'],
    marks: [['Contact', 'Masked and encrypted before it is stored; the phone itself cannot read it again.']],
    wrong: [['The battery died', 'The form is still there: come back to this screen.']],
  },
  dispute_step: {
    title: 'Add a step',
    for: [
      'Write down the next step: session, agreement, resolved, transferred, failed, follow-up, reopened.',
    ],
    marks: [
      ['Agreement', 'Its terms; a written one can be signed on the screen.'],
      ['Resolved', 'Needs an agreement first, written or oral.'],
    ],
    wrong: [['The step is not offered', 'The state does not allow it: a session comes before a resolution.']],
  },
  agreement: {
    title: 'Mediation agreement',
    for: ['The agreement laid out on a sheet, to print or to save as PDF.'],
    marks: [['Blank lines', 'Names and signatures are written by hand after printing.']],
    wrong: [['No network', 'Printing works all the same. Without a printer save it as PDF first.']],
  },
  unsent: {
    title: 'Unsent',
    for: [
      'Every record without a receipt, and the receipts of 7 days. What was saved is not lost without a network.',
    ],
    marks: [
      ['Waiting', 'Leaves by itself when there is a network.'],
      ['Waits for signing in', 'The session has ended. It counts once you have signed in again.'],
      ['A lead decides', 'The server keeps it and does not count it yet; the reason stands there.'],
      ['Turned down', 'A lead decided against it, with a reason. It is still kept.'],
      ['Needs attention', 'The server cannot read it. It is still on the phone; tell the administrator.'],
    ],
    wrong: [
      ['Nothing leaves', 'Is there a network, are you signed in? Then tap “Send now”.'],
      ['The phone goes to repair', 'Save an encrypted file and read it back later.'],
    ],
  },
  settings: {
    title: 'Me',
    for: ['Account, language, appearance, lock, what this phone holds, how it syncs, signing out.'],
    marks: [
      ['The browser keeps the data', 'It is not thrown away when space runs short.'],
      ['The same on both', 'Phone and server hold the same.'],
    ],
    wrong: [
      ['Signing out is refused', 'Something is unsent. Send it, or save an encrypted file.'],
      [
        'The browser may drop the data',
        'Put the app on the home screen and open it there: most browsers then promise to keep it.',
      ],
    ],
  },
  lock_settings: {
    title: 'Lock',
    for: [
      'A PIN or passkey opens the app after 5 minutes away. What is sensitive on this phone is encrypted.',
    ],
    marks: [
      ['PIN', 'It only delays whoever holds the phone: report a lost phone soon.'],
      [
        'Ten wrong tries',
        'The key is destroyed and nothing can be read; unsent records stay sealed and can still be delivered.',
      ],
    ],
    wrong: [
      ['PIN forgotten', 'Sign in again and the data comes back. Unsent records are not lost.'],
      ['Phone lost', 'Ask the lead to revoke it under “Devices”.'],
    ],
  },
  enrol: {
    title: 'Enrol this device',
    for: ['Where the unit wants it, a new phone asks for a code from the lead, typed or scanned.'],
    marks: [['Code', 'Works once, for 10 minutes, in your unit only.']],
    wrong: [
      ['Wrong or too late', 'Ask the lead for another one.'],
      ['The device was revoked', 'Take a new device id and enrol again; nothing unsent is lost.'],
    ],
  },
  coverage: {
    title: 'Coverage',
    for: [
      'Visits and patrols, from townships down to villages, beats, squares and streets. Map and table show the same numbers.',
      'Tap a place for its figures, its days and what lies in it; tap a number for its records and its rule.',
      'Streets are those of your own unit. “Not walked” finds those that nobody walked for so many days; the longest stand first.',
    ],
    marks: [
      ['Hatched', 'No data; that is not “not covered”.'],
      ['Solid, dashed, dotted', 'A street that is covered, not covered, unknown.'],
      [
        'Disc, target, ring',
        'A door of your station, from close up: somebody met, tried in vain, not visited.',
      ],
      ['Unknown', 'Within reach while a track was interrupted. A missing track is not a missing patrol.'],
      [
        '<10, withheld',
        'Small numbers of other units are not told, so that nobody can tell which household or case it is.',
      ],
      ['May still be missing', 'Phones that are silent, or records that have not arrived.'],
    ],
    wrong: [['No map', 'The map needs a network. The table has the same numbers.']],
  },
  quarantine: {
    title: 'Held records',
    for: ['For the lead: records that are kept and not counted, with the reason. The lead decides.'],
    marks: [
      ['Release', 'Counts as it came.'],
      ['Correct and release', 'Counts as corrected; what came is kept beside it.'],
      ['Do not use', 'Is not counted, is still kept, and the officer sees it.'],
    ],
    wrong: [['No network', 'This screen needs one.']],
  },
  held: {
    title: 'One held record',
    for: [
      'For the lead: read the content and the reason, give yours, decide. A decision cannot be taken back.',
    ],
    marks: [['Not as required', 'The field the server objects to stands first.']],
    wrong: [['Still refused', 'The message names the field. You can change the raw data, too.']],
  },
  devices: {
    title: 'Devices',
    for: [
      'For the lead: last contact of each phone, records made and received. Codes for new phones; revoking lost ones.',
    ],
    marks: [
      ['Silent for 3 days', 'There may be records on it that never arrived: find it and bring it online.'],
      ['Revoked', 'It reads nothing more; records that still arrive are held.'],
    ],
    wrong: [['A phone is lost', 'Revoke it at once. It drops what it had read when it next goes online.']],
  },
  imports: {
    title: 'Imports',
    for: [
      'For administrators: files of areas, streets, doors and officers. Read first, then tried, written only after the report was seen.',
    ],
    marks: [
      ['Waits for your answers', 'The file was read; columns, coordinates or encoding must be said.'],
      ['Dry run done', 'There is a report, and nothing is written yet.'],
      ['Refused', 'Open it to see why; mostly another answer will do, without a second upload.'],
    ],
    wrong: [
      ['The upload broke off', 'Upload again; nothing was written.'],
      ['The file is larger than 1 GB', 'Use manage.py import_… on the server.'],
    ],
  },
  import_job: {
    title: 'An import',
    for: [
      'Questions, dry run, report and outcome of one file. The server goes on when you leave; the result will be here.',
    ],
    marks: [
      [
        'Coordinates',
        'Must be chosen where the file is silent: a wrong system is off by hundreds of metres.',
      ],
      ['Mistakes, left out', 'These rows stay out and the others come in; the report says which and why.'],
      ['Note', 'The row comes in, but have a look.'],
    ],
    wrong: [
      [
        'Nearly all is outside every township',
        'Mostly the coordinates, or longitude and latitude are swapped. “Change the answers”, then try again.',
      ],
      ['The text is garbled', 'The encoding was wrong: read again with another.'],
    ],
  },
  editions: {
    title: 'Editions',
    for: [
      'For administrators: which edition of the townships is in force. Try it, see what changes, then switch; you can switch back.',
    ],
    marks: [
      ['Boundary changed', 'Only doors and street pieces there and within 200 m are placed again.'],
      [
        'No station answers',
        'Name a station in the administration; until then its doors stay where they are.',
      ],
    ],
    wrong: [['It cannot be put in force', 'It has no townships. Import that level first.']],
  },
  start_codes: {
    title: 'First sign-in codes',
    for: [
      'For administrators: a new account has no password. A one-time code lets its owner set one on the sign-in page.',
    ],
    marks: [
      ['Shown once', 'The server does not keep the codes. Print or save them and hand them over in person.'],
    ],
    wrong: [['A code was lost or is too old', 'Make another; the one before ends at once.']],
  },
  help: {
    title: 'Help',
    for: [
      'The “?” at the top of each screen opens its help. The arrow leads back; a half-filled form is still there.',
    ],
    marks: [],
    wrong: [['It is not said here', 'Ask the lead or the administrator.']],
  },
} satisfies Record<keyof typeof zh, HelpPage>;
