/**
 * A form that is on its way is not sent again: its button turns and says so, in the words of its `data-busy` if it has
 * any. Forms whose answer leaves the page in place, as downloads do, carry `data-stays`.
 */

/** After so long without an answer, or one that was stopped, the person may try again. */
const PATIENCE_MS = 15_000;

/** @type {Map<HTMLFormElement, () => void>} */
const sent = new Map();

/**
 * @param {HTMLElement} button
 * @returns {() => void} gives the button back as it was
 */
function busy(button) {
  const words = [...button.childNodes].findLast(
    (node) => node instanceof Text && node.data.trim() !== "",
  );
  const usual = words?.textContent ?? "";
  button.style.minInlineSize = `${button.getBoundingClientRect().width}px`;
  button.ariaBusy = "true";
  if (words && button.dataset.busy) words.textContent = button.dataset.busy;
  return () => {
    button.style.minInlineSize = "";
    button.ariaBusy = null;
    if (words) words.textContent = usual;
  };
}

/** @param {HTMLFormElement} form */
function settle(form) {
  sent.get(form)?.();
  sent.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== "post" || "stays" in form.dataset) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  const button = event.submitter ?? form.querySelector('[type="submit"]');
  sent.set(form, button instanceof HTMLElement ? busy(button) : () => {});
  setTimeout(settle, PATIENCE_MS, form);
});

// The way back shows the page as it was left: with its buttons turning.
addEventListener("pageshow", () => {
  for (const form of [...sent.keys()]) settle(form);
});
