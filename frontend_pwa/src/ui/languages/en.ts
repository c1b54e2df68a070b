/** PURE: every text of the screen in English. `one|other` where a number decides. */
import { disputes } from './en/disputes';
import { help } from './en/help';
import { outing } from './en/outing';
import { today } from './en/today';
import { visit } from './en/visit';
import type { zh } from './zh';

export const en = {
  ...visit,
  ...disputes,
  ...today,
  ...outing,
  ...help,

  'app.colon': ': ',
  'app.title': 'Xunfang',
  'app.loading': 'Opening…',
  'app.skip': 'Skip to content',
  'app.update_ready': 'A new version is ready',
  'app.update_now': 'Update now',
  'app.later': 'Later',
  'app.no_secure_context':
    'This address is not a secure connection (https), so the browser will not keep records offline. Open it by https or localhost.',
  'app.no_storage':
    'The browser does not let this app keep data. Leave private browsing or free some space, then try again.',
  'app.dismiss': 'Understood',
  'app.back': 'Back',
  'app.retry': 'Try again',
  'app.chunk_failed':
    'This part did not load. Check the network and try again; after an update, reload the page.',

  'nav.main': 'Main navigation',
  'nav.today': 'Today',
  'nav.disputes': 'Disputes',
  'nav.coverage': 'Coverage',
  'nav.unsent': 'Unsent',
  'nav.settings': 'Me',

  'sign_in.title': 'Sign in to Xunfang',
  'sign_in.lead': 'Visits, disputes and coverage in one log.',
  'sign_in.username': 'User name',
  'sign_in.password': 'Password',
  'sign_in.show_password': 'Show password',
  'sign_in.hide_password': 'Hide password',
  'sign_in.submit': 'Sign in',
  'sign_in.busy': 'Signing in…',
  'sign_in.empty': 'Fill in user name and password.',
  'sign_in.answer.wrong': 'User name or password is wrong. Try again.',
  'sign_in.answer.no_network': 'No network. The first sign-in needs one.',
  'sign_in.answer.busy': 'The server does not answer just now. Try again soon.',
  'sign_in.answer.too_many': 'Too many tries. Wait a few minutes.',
  'sign_in.answer.more_needed': 'This account needs a second step, which this version does not offer yet.',
  'sign_in.answer.refused': 'The server refused this account. Ask your administrator.',
  'sign_in.lost':
    'The browser has deleted the database of this phone, which had made {n} record. Sign in again; records with a receipt are safe on the server.|The browser has deleted the database of this phone, which had made {n} records. Sign in again; records with a receipt are safe on the server.',
  'sign_in.unsent_of_others':
    '{n} unsent record of another officer is kept on this phone; it is sent when they sign in.|{n} unsent records of other officers are kept on this phone; they are sent when they sign in.',
  'sign_in.again': 'Sign in again to send',
  'sign_in.again_lead': 'Your session has ended. Everything you saved is on this phone; nothing is lost.',

  'banner.signed_out': 'Sign in again to send. Everything is on this phone; nothing is lost.',
  'banner.sign_in': 'Sign in again',
  'banner.evicted':
    'The browser deleted the database of this phone, which had made {n} record. A record without a receipt may not have arrived: check with your lead.|The browser deleted the database of this phone, which had made {n} records. Records without a receipt may not have arrived: check with your lead.',

  'sync.sending': 'Sending',
  'sync.pulling': 'Syncing',
  'sync.trouble.no_network': 'No network, records are kept on this phone',
  'sync.no_network_idle': 'No network, you can go on working',
  'sync.trouble.busy': 'Server busy, trying again by itself',
  'sync.trouble.signed_out': 'Session ended, sign in again',
  'sync.trouble.revoked': 'This device was revoked',
  'sync.trouble.refused': 'The server refuses to sync, ask your administrator',
  'sync.done': 'Synced {time}',
  'sync.not_yet': 'Not synced yet',
  'sync.unsent': '{n} unsent',
  'sync.storage': '{size} on this phone',
  'sync.storage_low': 'Phone nearly full',
  'sync.none_unsent': 'All sent',
  'sync.first': 'First sync: fetching the doors of your unit. It may be interrupted at any time.',

  'kind.household': 'Household',
  'kind.enterprise': 'Enterprise',

  'unsent.title': 'Unsent',
  'unsent.none': 'Nothing is unsent.',
  'unsent.none_hint': 'Every record has its receipt from the server.',
  'unsent.try_now': 'Try now',
  'unsent.trying': 'Sending…',
  'unsent.state.waiting': 'Waiting',
  'unsent.state.sending': 'Sending',
  'unsent.state.held': 'Can be undone for 5 s',
  'unsent.state.attention': 'Needs attention',
  'unsent.offer_again': 'Offer again',
  'unsent.receipts': 'Receipts of the last 7 days',
  'unsent.receipts_none': 'No receipts in the last 7 days.',
  'unsent.receipt_no': 'Receipt {unit}-{n}',
  'unsent.photo': 'Photo',
  'unsent.audio': 'Voice note',
  'unsent.signature': 'Signature',
  'unsent.photos': 'Photos waiting',
  'unsent.photos_of': '{stored} of {made} photos have arrived',
  'unsent.photos_hint':
    'Records go first, then photos, the smallest first; a break costs nothing, they go on from there.',
  'unsent.photos_again': 'Send these photos again',
  'problem.upload_altered':
    'The photo arrived altered several times. Send it again; if that does not help, take it again.',
  'problem.attachment_lost': 'The content of this photo is no longer on the phone. Take it again.',
  'unsent.visit': 'Visit',
  'unsent.dispute': 'Dispute',
  'unsent.made': '{n} record made on this phone|{n} records made on this phone',
  'unsent.saved_at': 'Saved {time}',
  'unsent.device': 'Device',
  'unsent.what_to_do': 'What to do',

  'problem.quarantined': 'The server holds it as it is, but does not count it until a lead has looked.',
  'problem.conflict':
    'The server already has other content under this id. Both are kept; check with your lead.',
  'problem.set_aside': 'The server cannot read this record. It stays on this phone; tell your administrator.',
  'problem.premises_unknown': 'The server does not know this door. A lead can check and release it.',
  'problem.premises_of_another_unit': 'This door belongs to another unit. Its lead can release the record.',
  'problem.payload_invalid': 'The content is not as required ({fields}). A lead can look and correct it.',
  'problem.place_outside_city': 'The position lies outside the city. A lead can check and release it.',
  'problem.envelope_invalid':
    'The wrapping of the record is not complete ({fields}). It is stored as it is, not counted yet. Tell your administrator.',
  'problem.payload_hash_mismatch':
    'The record changed on its way. It is stored as it is, not counted yet. Tell your administrator; a lead can check and release it.',
  'problem.unknown_kind':
    'The server does not know this kind of record yet; it is stored as it is. Tell your administrator that the server needs an upgrade.',
  'problem.same_id_other_content':
    'The server already has other content under this id. Both are kept; a lead decides which one counts.',
  'problem.base_values_changed':
    'Somebody changed this while you were offline. Both are kept; a lead decides which one counts.',
  'problem.record_id_taken': 'Another record already has this id. Both are kept; tell your administrator.',
  'problem.reference_unknown':
    'The record names something the server cannot find; it is stored as it is. A lead can check and release it.',
  'problem.record_of_another_unit': 'This record belongs to another unit. Its lead can release it.',
  'problem.patrol_unknown':
    'The server does not have the outing it belongs to; it is stored as it is. A lead can check and release it.',
  'problem.leg_unknown':
    'The server does not have the leg of the outing; it is stored as it is. A lead can check and release it.',
  'problem.visit_unknown':
    'The server does not have the visit it corrects; it is stored as it is. A lead can check and release it.',
  'problem.dispute_unknown':
    'The server does not have the dispute it belongs to; it is stored as it is. A lead can check and release it.',
  'problem.officer_unknown':
    'An officer who came along is not on the roll of your unit. A lead can check and release it.',
  'problem.campaign_unknown': 'The server has no such campaign. A lead can check and release it.',
  'problem.contact_missing':
    'There is no contact of this party: it was not given, or was erased on schedule.',
  'problem.contact_unreadable': 'The contact cannot be opened. Please enter it again.',
  'problem.outing_running': 'The outing has not ended yet; a track file is added when it has.',
  'problem.track_file_unreadable':
    'The file cannot be read: it is no GPX, or broken. Please export it again.',
  'problem.track_file_too_large': 'The track file is too large. Please export the track of this outing only.',
  'problem.track_file_without_track':
    'The file holds no track, only waypoints or a planned route. Please export what was walked.',
  'problem.track_file_without_times':
    'The track says no times, so it cannot be placed in this outing. Please export it with times.',
  'problem.plan_unknown': 'This unit has no such patrol plan. A lead can check and release it.',
  'problem.form_unknown':
    'The server has no such version of the form. It was kept as it is; a lead can check and release it.',
  'problem.answers_invalid':
    'Answers do not fit the form ({fields}). It was kept as it is; a lead can correct and release it.',
  'problem.area_unknown': 'No township here answers to your unit. An administrator must check the area.',
  'problem.handler_failed':
    'The server broke on this record several times; it is stored as it is. Tell your administrator.',

  'part.all': 'Day and night',
  'part.day': 'Day',
  'part.night': 'Night',

  'settings.title': 'Me',
  'settings.language': 'Language',
  'settings.theme': 'Appearance',
  'settings.theme.system': 'System',
  'settings.theme.light': 'Light',
  'settings.theme.dark': 'Dark',
  'settings.storage': 'On this phone',
  'settings.storage_doors': '{n} door|{n} doors',
  'settings.storage_kept': 'The browser has promised to keep the data',
  'settings.storage_loose': 'The browser may delete the data when space runs short: send often',
  'settings.account': 'Account',
  'settings.badge': 'Badge {badge}',
  'settings.roles': 'Role',
  'settings.areas': 'Area',
  'settings.sign_out': 'Sign out',
  'settings.sign_out_refused':
    '{n} record is unsent, so you cannot sign out yet. Find a network first; for records that need attention see your lead.|{n} records are unsent, so you cannot sign out yet. Find a network first; for records that need attention see your lead.',
  'settings.sign_out_network': 'Signing out needs a network, and there is none now.',
  'settings.sign_out_note':
    'Signing out deletes doors, visits and disputes from this phone. Receipts stay for 7 days.',
  'settings.version': 'Version {version}',
  'settings.zh': '中文',
  'settings.en': 'English',

  'nav.quarantine': 'Held',
  'nav.devices': 'Devices',
  'nav.imports': 'Imports',

  'trouble.no_network': 'No network. This page needs one.',
  'trouble.busy': 'The server is busy. Try again in a moment.',
  'trouble.signed_out': 'Your session has ended. Sign in again.',

  'record_kind.visit.record': 'Visit',
  'record_kind.visit.correct': 'Corrected visit',
  'record_kind.dispute.open': 'Dispute found',
  'record_kind.dispute.event': 'Step of a dispute',
  'record_kind.dispute.party': 'Party of a dispute',
  'record_kind.premises.propose': 'New door',
  'record_kind.patrol.start': 'Outing begun',
  'record_kind.patrol.leg': 'Leg of an outing',
  'record_kind.patrol.fixes': 'Positions',
  'record_kind.patrol.observe': 'Observation',
  'record_kind.patrol.end': 'Outing ended',
  'record_kind.outreach.record': 'Law outreach',
  'record_kind.attachment.declare': 'Photo or sound',
  'record_kind.unreadable': 'Unreadable content',

  'field.comma': ', ',

  'problem.other': 'The server refused ({code}). Tell your administrator.',
  'problem.session_ended':
    'Nobody was signed in when it arrived. It is kept and not counted; it counts by itself once its officer has signed in again.',
  'problem.officer_deactivated':
    'The account is no longer active. It is kept and not counted; a lead decides.',
  'problem.officer_moved':
    'The officer has moved to another unit. It is kept and not counted; the lead of the former unit decides.',
  'problem.device_revoked':
    'This device was revoked and can read nothing any more. What it sends is kept for a lead.',

  'problem.not_allowed': 'This account may not do that.',
  'problem.not_found': 'Not found. It may have been dealt with, or is not yours to see.',
  'problem.device_not_enrolled': 'This device is not enrolled. Ask your lead for a code.',
  'problem.device_key_known': 'This device was enrolled with another key. It takes a new device id.',
  'problem.enrolment_code_needed': 'To enrol this device you need a code from your lead.',
  'problem.enrolment_code_invalid':
    'The code is wrong, used, too old, or of another unit. Ask your lead for a new one.',
  'problem.image_unreadable': 'This photo cannot be read; it is kept as it is. Take it again.',
  'problem.image_animated': 'Moving pictures are not taken; it is kept as it is. Take a photo.',
  'problem.image_too_large': 'The photo is too large; it is kept as it is. Take it again.',
  'problem.media_type_unknown':
    'This kind of file is not taken; it is kept as it is. Tell your administrator.',
  'problem.upload_too_large': 'The file is too large for the server. Take the photo again.',
  'problem.upload_not_as_declared':
    'The file is not the one that was announced; it is kept. Tell your administrator.',
  'problem.attachment_awaited': 'The photo has not arrived yet.',
  'problem.attachment_preparing': 'The photo is being prepared; look again in a moment.',

  'app.store_too_new':
    'The data on this phone were saved by a newer version of Xunfang. This version does not touch them. Reload or update the app; every record is there.',

  'unsent.state.sign_in': 'Waits for signing in',
  'unsent.state.by_lead': 'A lead decides',
  'unsent.state.turned_down': 'Turned down',
  'unsent.receipts_search': 'Find a receipt (address, number)',
  'unsent.receipts_more': '{n} more: use the search.|{n} more: use the search.',

  'settings.sync': 'Sync',
  'settings.key': 'Signing key',
  'settings.signing.signed': 'Yes, everything sent is signed',
  'settings.signing.unsigned': 'No (the address is not secure)',
  'settings.signing.not_yet': 'Not enrolled yet',
  'settings.last_contact': 'Last contact with the server',
  'settings.compared': 'Compared with the server',
  'settings.compared_not_yet': 'Not yet',
  'settings.compared_equal': 'Equal, {time}',
  'settings.compared_unequal': 'Not equal, {time}; reading anew',
  'settings.stalls': 'Connections broken off',
  'settings.stalls_n': '{n} time|{n} times',
  'settings.compare_now': 'Compare now',
  'settings.storage_unknown': 'The browser does not say whether it keeps the data',
  'settings.quota': '{used} used of {quota}',

  'problem.discarded_by_lead':
    'A lead looked and did not accept it, so it does not count. It is kept on the server; ask your lead.',
  'problem.already_decided': 'Another lead has decided meanwhile. Look again.',
  'problem.not_releasable': 'This one cannot be released, only discarded.',
  'problem.receipt_differs':
    'The receipt is for other content than is here; the record stays on this phone. Tell your administrator.',

  'settings.sign_out_photos':
    '{n} photo or sound has not arrived, so you cannot sign out yet. Find a network and wait.|{n} photos or sounds have not arrived, so you cannot sign out yet. Find a network and wait.',
} satisfies Record<keyof typeof zh, string>;
