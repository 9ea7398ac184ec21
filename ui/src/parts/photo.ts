/** A patient's photo for a banner. Without one, or when it can't be had, the initials stay. */
import type { PhotoView } from "../api/bindings";
import type { Session } from "../session.svelte";

export async function photoOf(session: Session, patient: string): Promise<string | undefined> {
  try {
    return pictureOf(await session.call("show_photo", { patient }));
  } catch {
    return undefined;
  }
}

/** Only a picture that the core made is shown. */
export function pictureOf(view: PhotoView | null): string | undefined {
  return imageOf(view?.image);
}

/** As [`pictureOf`], for any picture. */
export function imageOf(image: string | undefined): string | undefined {
  return image?.startsWith("data:image/jpeg;base64,") ? image : undefined;
}
