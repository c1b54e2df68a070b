/** SHELL: makes a photo of the camera fit to travel: at most 1,600 px, JPEG, without what the camera wrote into it. */
import type { NewAttachment } from '../domain/attachments';

const LONGEST_PX = 1600;
const QUALITY = 0.8;

/** The picture could not be read by the browser, or written again. */
export class PhotoUnreadable extends Error {
  override readonly name = 'PhotoUnreadable';
}

/** A canvas knows pixels only: position, time and camera stay behind. It turns the picture upright by itself. */
export async function photoOf(file: Blob): Promise<NewAttachment> {
  const picture = await createImageBitmap(file).catch(() => {
    throw new PhotoUnreadable();
  });
  const shrink = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * shrink));
  canvas.height = Math.max(1, Math.round(picture.height * shrink));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', QUALITY);
  });
  if (!blob) throw new PhotoUnreadable();
  return { kind: 'photo', media_type: 'image/jpeg', blob };
}
