/** SHELL: reading QR codes from the camera or a picture: by the browser where it can, else by the bundled decoder. */

export interface CodeReader {
  /** The text of a code in the picture; null when there is none. */
  read: (source: ImageBitmapSource) => Promise<string | null>;
}

interface Detector {
  detect: (source: ImageBitmapSource) => Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats: () => Promise<readonly string[]>;
}

/** The browser's own detector reads QR codes on Android and macOS; elsewhere it is missing or knows no format. */
async function browsersDetector(): Promise<Detector | null> {
  const Native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!Native) return null;
  const formats: readonly string[] = await Native.getSupportedFormats().catch(() => []);
  return formats.includes('qr_code') ? new Native({ formats: ['qr_code'] }) : null;
}

async function bundledDetector(): Promise<Detector> {
  const { BarcodeDetector } = await import('qr/decode.js');
  return new BarcodeDetector({ formats: ['qr_code'] });
}

export async function codeReader(): Promise<CodeReader> {
  const detector = (await browsersDetector()) ?? (await bundledDetector());
  return {
    read: async (source) => {
      // A frame that cannot be read is a frame without a code: the next one comes in a moment.
      const found = await detector.detect(source).catch(() => []);
      return found[0]?.rawValue ?? null;
    },
  };
}

export type CameraTrouble = 'denied' | 'no_camera';

export class CameraNotStarted extends Error {
  override readonly name = 'CameraNotStarted';
  constructor(readonly trouble: CameraTrouble) {
    super(trouble);
  }
}

interface TorchTrack extends MediaStreamTrack {
  getCapabilities: () => MediaTrackCapabilities & { torch?: boolean };
}

/** The camera at the back of the phone. */
export class PlateCamera {
  readonly stream: MediaStream;
  readonly #track: TorchTrack | undefined;

  private constructor(stream: MediaStream) {
    this.stream = stream;
    this.#track = stream.getVideoTracks()[0] as TorchTrack | undefined;
  }

  /** Throws CameraNotStarted with the reason. */
  static async start(): Promise<PlateCamera> {
    if (!('mediaDevices' in navigator)) throw new CameraNotStarted('no_camera');
    const video = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } };
    try {
      return new PlateCamera(await navigator.mediaDevices.getUserMedia({ video }));
    } catch (error) {
      const { name } = error as { name?: string };
      throw new CameraNotStarted(
        name === 'NotAllowedError' || name === 'SecurityError' ? 'denied' : 'no_camera',
      );
    }
  }

  get hasTorch(): boolean {
    return this.#track?.getCapabilities?.().torch === true;
  }

  async setTorch(on: boolean): Promise<void> {
    await this.#track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  }

  stop(): void {
    for (const track of this.stream.getTracks()) track.stop();
  }
}

/** A picture of the gallery. Huge ones are made smaller: a decoder in JavaScript needs seconds for 12 megapixels. */
export async function pictureOf(file: Blob): Promise<ImageBitmap> {
  const LONGEST_PX = 1600;
  const picture = await createImageBitmap(file);
  const shrink = LONGEST_PX / Math.max(picture.width, picture.height);
  if (shrink >= 1) return picture;
  const size = {
    resizeWidth: Math.round(picture.width * shrink),
    resizeHeight: Math.round(picture.height * shrink),
  };
  const smaller = await createImageBitmap(picture, { ...size, resizeQuality: 'high' });
  picture.close();
  return smaller;
}
