/** PURE: the texts of the lock in English. */
import type { lock as zh } from '../zh/lock';

export const lock = {
  'lock.title': 'Xunfang is locked',
  'lock.ask.pin': 'Enter your 6-digit PIN',
  'lock.ask.passphrase': 'Enter your passphrase',
  'lock.ask.passkey': 'Open it with the passkey of this phone',
  'lock.pin': '6-digit PIN',
  'lock.passphrase': 'Passphrase',
  'lock.clear': 'Clear',
  'lock.back': 'Delete a digit',
  'lock.open': 'Open',
  'lock.open_passkey': 'Open with passkey',
  'lock.opening': 'Checking…',
  'lock.said.wrong': 'Not right. Try again.',
  'lock.said.cancelled': 'The passkey was not confirmed.',
  'lock.said.unsupported': 'This browser does not give the passkey’s secret now. See the help below.',
  'lock.tries_left': 'Tries left: {n}. After the last one the data on this phone is deleted.',
  'lock.wait': 'Wait {n} s before the next try.',
  'lock.contact':
    'The server has not been heard for too long: this phone has to ask it once before it opens.',
  'lock.contact.no_network':
    'There is no network now. Ask again when there is; unsent records are all still here.',
  'lock.contact.busy': 'The server is busy. Ask again in a moment.',
  'lock.contact.signed_out': 'The session has ended. Sign in again, then open the lock.',
  'lock.contact.share_changed':
    'The server no longer knows the PIN of this phone (it was enrolled anew). Only deleting the data here and signing in again helps; sealed records are sent all the same.',
  'lock.contact.refused':
    'The server no longer unlocks this device (a lead may have revoked it). Ask your lead; sealed records are sent all the same.',
  'lock.hear': 'Ask the server',
  'lock.hearing': 'Asking…',
  'lock.unsent':
    'Unsent records: {n}. They are sealed to the server and are sent by themselves, locked or not.',
  'lock.help': 'Cannot open it?',
  'lock.help_lead':
    'Nobody can look up a PIN or passphrase; the server does not have it. Without it, delete the data on this phone and sign in again: your area is fetched anew.',
  'lock.help_lost': 'Phone lost or taken? Tell your lead at once to revoke this device.',
  'lock.forgotten': 'Forgotten: delete the data here',
  'lock.erase_lead':
    'This cannot be undone: doors, disputes and unfinished drafts on this phone are deleted.',
  'lock.erase_records': 'Unsent records: {n}. They are sealed, will be sent, and are not lost.',
  'lock.erase_photos': 'Photos or recordings not uploaded yet: {n}. They will be lost.',
  'lock.erase': 'Delete and sign in again',
  'lock.cancel': 'Cancel',
  'lock.settings': 'Lock',
  'lock.required': 'Your organisation requires a lock on phones. Set one to go on.',
  'lock.cannot': 'This address is not secure (https): the browser cannot encrypt, so no lock can be set.',
  'lock.lead':
    'Should somebody get hold of this phone, the lock keeps doors, disputes and your records from them. Data here is encrypted; it locks after {n} minutes away.',
  'lock.lead_tries':
    'Ten wrong tries delete the data on this phone. Unsent records are sealed to the server apart and are sent all the same; photos not uploaded yet and unfinished drafts are lost.',
  'lock.lead_limits':
    'It does not help against somebody who takes the phone while it is open, nor against malware on it. What was written before the lock disappears for good only when the browser tidies up, so set it right after signing in.',
  'lock.how': 'How it opens',
  'lock.kind.pin': '6-digit PIN',
  'lock.kind.passkey': 'Passkey',
  'lock.kind.passphrase': 'Passphrase',
  'lock.about.pin':
    'Quickest. The PIN is half a key, the other half is on the server: after a day without it, the phone has to ask once before it opens.',
  'lock.about.passkey':
    'The phone’s own fingerprint, face or screen lock; opens without a network. Not every browser has it.',
  'lock.about.passphrase':
    'At least 12 characters, such as four unrelated words. Opens without a network and withstands a copy of the disk.',
  'lock.new.pin': 'New PIN (6 digits)',
  'lock.new.passphrase': 'New passphrase (at least 12 characters)',
  'lock.again': 'Once more',
  'lock.old': 'Present PIN or passphrase',
  'lock.problem.pin_digits': 'A PIN has exactly 6 digits.',
  'lock.problem.pin_simple': 'Too easy to guess (a row or a repeat). Choose another.',
  'lock.problem.passphrase_short': 'A passphrase has at least 12 characters.',
  'lock.problem.differs': 'The two are not the same.',
  'lock.save': 'Set and encrypt',
  'lock.saving': 'Encrypting…',
  'lock.saving_lead': 'What is here already is being encrypted. Do not close the app.',
  'lock.answer.done': 'Done.',
  'lock.answer.wrong': 'The present PIN or passphrase is not right.',
  'lock.answer.no_network':
    'A PIN needs its other half from the server, and there is no network. A passphrase works now.',
  'lock.answer.busy': 'The server is busy. Try again in a moment.',
  'lock.answer.signed_out': 'The session has ended. Sign in again first.',
  'lock.answer.refused':
    'The server does not know this device yet. Wait for the first sync (or enrol it) and try again.',
  'lock.answer.unsupported':
    'This phone or browser has no passkey that works here. Choose PIN or passphrase.',
  'lock.answer.cancelled': 'The passkey was not confirmed; nothing was changed.',
  'lock.is.pin': 'Locked with a 6-digit PIN',
  'lock.is.passkey': 'Locked with a passkey',
  'lock.is.passphrase': 'Locked with a passphrase',
  'lock.after':
    'Locks after {n} minutes away; opening the app anew always asks. During an outing it goes on recording behind the lock.',
  'lock.offline': 'After {n} hours without the server it has to ask once before it opens.',
  'lock.photos_warning':
    'Photos or recordings not uploaded yet: {n}. Should the lock be erased, they are lost.',
  'lock.now': 'Lock now',
  'lock.change': 'Change',
  'lock.off': 'Take the lock off',
  'lock.off_lead': 'Without it the data here is no longer encrypted: whoever has the phone can read it.',
  'lock.offer': 'This phone has no lock: whoever gets it can read doors and disputes.',
  'lock.offer_yes': 'Set one now',
  'lock.offer_no': 'Not now',
  'lock.left.tries': 'After ten wrong tries the data on this phone was deleted. Sign in again.',
  'lock.left.forgotten': 'The data on this phone was deleted as you asked. Sign in again.',
  'lock.left.signed_out': 'Signed out; the data on this phone was deleted.',
  'lock.left_waiting': 'Sealed records that are sent as soon as there is a network: {n}.',
  'lock.left_sent': 'The sealed records have all been sent.',
  'lock.left_photos': 'Photos or recordings that had not been uploaded and are lost: {n}.',
  'lock.left_lost': 'Records that could not be sealed in time and are lost: {n}.',
  'lock.leave_open': 'Seal and sign out',
  'lock.leave_lead':
    'Unsent records: {n}. They stay sealed on this phone and are sent as soon as there is a network; everything else is deleted, and nobody can read them.',
  'lock.leave_photos':
    'Photos or recordings not uploaded yet: {n}. Signing out loses them; an encrypted file would keep them.',
  'lock.leave': 'Seal and sign out',
  'lock.leave_no_key':
    'The server’s key is not here yet (it comes with the first sync), so nothing can be sealed. Save an encrypted file instead.',
} satisfies Record<keyof typeof zh, string>;
