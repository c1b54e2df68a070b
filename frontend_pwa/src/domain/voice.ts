/** PURE: a voice note: how long it may be, which format, how loud it is right now. */

export const VOICE_MAX_MS = 120_000;
/** Speech at this rate is clear and takes half a megabyte for two minutes. */
export const VOICE_BITS_PER_S = 32_000;

/** What a browser records in, and the word the server knows it by; best first. */
const FORMATS: readonly { recorded: string; media_type: string }[] = [
  { recorded: 'audio/webm;codecs=opus', media_type: 'audio/webm' },
  { recorded: 'audio/ogg;codecs=opus', media_type: 'audio/ogg' },
  { recorded: 'audio/mp4', media_type: 'audio/mp4' },
  { recorded: 'audio/webm', media_type: 'audio/webm' },
];

export type VoiceFormat = (typeof FORMATS)[number];

/** The best format this browser records in; null when it has none that the server takes. */
export function voiceFormat(supported: (recorded: string) => boolean): VoiceFormat | null {
  return FORMATS.find(({ recorded }) => supported(recorded)) ?? null;
}

/** How loud a stretch of sound is, 0 to 1: samples are bytes around 128 (AnalyserNode, time domain). */
export function loudness(samples: Uint8Array): number {
  if (samples.length === 0) return 0;
  let squares = 0;
  for (const sample of samples) squares += ((sample - 128) / 128) ** 2;
  // Speech near the phone is at about 0.25: four times that fills the meter.
  return Math.min(1, Math.sqrt(squares / samples.length) * 4);
}

/** "1:05" */
export function minutesAndSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}
