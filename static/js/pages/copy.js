/**
 * Buttons `[data-part="copy"]` put their `data-copy` on the clipboard and say so, to the eye on the
 * button itself and to the ear in the page's `[data-part="copied"]`.
 */
import { copy } from "../lib/clipboard.js";

const SHOWN_MS = 2000;

/** @param {HTMLElement} button */
function arm(button) {
  const words = button.querySelector('[data-part="copy-words"]');
  const usual = words?.textContent ?? "";
  const spoken = document.querySelector('[data-part="copied"]');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {boolean} copied */
  const show = (copied) => {
    button.toggleAttribute("data-copied", copied);
    if (words) words.textContent = copied ? "Copied" : usual;
    if (spoken)
      spoken.textContent = copied ? (button.dataset.copiedWords ?? "The link is copied.") : "";
  };

  button.addEventListener("click", async () => {
    show(await copy(button.dataset.copy ?? ""));
    button.focus();
    clearTimeout(timer);
    timer = setTimeout(show, SHOWN_MS, false);
  });
}

for (const button of document.querySelectorAll('[data-part="copy"]')) {
  arm(/** @type {HTMLElement} */ (button));
}
