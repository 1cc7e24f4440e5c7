import { isPicture } from "../messages.js";
import { initials } from "./words.js";

/**
 * Initials, and over them the picture where there is one; one that does not load gives way to them. Whose face it is
 * stands beside it, so that the picture has no words of its own.
 *
 * @param {HTMLElement} face
 * @param {string} name
 * @param {string} picture Its path, or empty.
 */
export function showFace(face, name, picture) {
  if (face.dataset.picture !== picture) {
    face.dataset.picture = picture;
    face.replaceChildren(...(picture && isPicture(picture) ? [newImage(picture)] : []));
  }
  const [image] = face.children;
  face.replaceChildren(initials(name), ...(image ? [image] : []));
}

/** @param {string} picture */
function newImage(picture) {
  const image = document.createElement("img");
  image.className = "avatar__picture";
  image.alt = "";
  // A row that is drawn anew shows it with its first frame.
  image.decoding = "sync";
  image.addEventListener("error", () => image.remove());
  image.src = picture;
  return image;
}
