/** SHELL: a voice note from the microphone: at most two minutes, in pieces, so that a crash leaves what was said. */
import type { NewAttachment } from '../domain/attachments';
import { loudness, VOICE_BITS_PER_S, VOICE_MAX_MS, voiceFormat, type VoiceFormat } from '../domain/voice';

export type VoiceTrouble = 'denied' | 'no_microphone' | 'not_supported';

export class VoiceNotStarted extends Error {
  override readonly name = 'VoiceNotStarted';
  constructor(readonly trouble: VoiceTrouble) {
    super(trouble);
  }
}

export interface VoicePorts {
  /** The note as it is so far; called while it is made, and once at its end. */
  onpiece: (made: NewAttachment, ended: boolean) => void;
  /** Ten times a second: how loud it is, how long it is. */
  onlevel: (level: number, lasted_ms: number) => void;
}

const PIECE_MS = 3_000;
const LEVEL_MS = 100;

/** What this browser records in; null when it records nothing that the server takes. */
export function recordingFormat(): VoiceFormat | null {
  if (typeof MediaRecorder === 'undefined' || !('mediaDevices' in navigator)) return null;
  return voiceFormat((recorded) => MediaRecorder.isTypeSupported(recorded));
}

async function microphone(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    const { name } = error as { name?: string };
    throw new VoiceNotStarted(
      name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : 'no_microphone',
    );
  }
}

/** One recording that is running. */
export class VoiceRecording {
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context = new AudioContext();
  readonly #pieces: Blob[] = [];
  #timer = 0;

  private constructor(stream: MediaStream, format: VoiceFormat, ports: VoicePorts) {
    this.#stream = stream;
    this.#recorder = new MediaRecorder(stream, {
      mimeType: format.recorded,
      audioBitsPerSecond: VOICE_BITS_PER_S,
    });
    const made = (): NewAttachment => ({
      kind: 'audio',
      media_type: format.media_type,
      blob: new Blob(this.#pieces, { type: format.media_type }),
    });
    this.#recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size > 0) this.#pieces.push(data);
      if (this.#recorder.state !== 'inactive' && this.#pieces.length > 0) ports.onpiece(made(), false);
    });
    this.#recorder.addEventListener('stop', () => {
      this.#release();
      ports.onpiece(made(), true);
    });
    this.#measure(ports.onlevel);
    this.#recorder.start(PIECE_MS);
  }

  /** Asks for the microphone and begins. Throws VoiceNotStarted with the reason. */
  static async start(ports: VoicePorts): Promise<VoiceRecording> {
    const format = recordingFormat();
    if (!format) throw new VoiceNotStarted('not_supported');
    return new VoiceRecording(await microphone(), format, ports);
  }

  stop(): void {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
  }

  #measure(onlevel: VoicePorts['onlevel']): void {
    const analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(this.#stream).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    const began_ms = performance.now();
    this.#timer = window.setInterval(() => {
      const lasted_ms = Math.min(VOICE_MAX_MS, performance.now() - began_ms);
      analyser.getByteTimeDomainData(samples);
      onlevel(loudness(samples), lasted_ms);
      if (lasted_ms >= VOICE_MAX_MS) this.stop();
    }, LEVEL_MS);
  }

  #release(): void {
    window.clearInterval(this.#timer);
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close();
  }
}
