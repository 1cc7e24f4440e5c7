/**
 * Puts text on the clipboard. Pages without https have none of their own, and browsers may refuse it; the old way
 * still works there.
 *
 * @param {string} text
 * @param {HTMLElement} [place] Where the focus may be for a moment: within an open box or dialog, if there is one.
 * @returns {Promise<boolean>} Whether the clipboard holds the text now.
 */
export async function copy(text, place = document.body) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  const box = document.createElement("textarea");
  box.className = "hidden-words";
  box.readOnly = true;
  box.value = text;
  const focused = document.activeElement;
  place.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
