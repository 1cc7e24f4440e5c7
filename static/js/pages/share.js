/** Buttons `[data-part="share"]` hand the link in their `data-url` to the device's own ways of sending. */

for (const each of document.querySelectorAll('[data-part="share"]')) {
  const button = /** @type {HTMLElement} */ (each);
  button.hidden = !("share" in navigator);
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ title: button.dataset.title, url: button.dataset.url });
    } catch (fault) {
      // Closing the sheet without choosing anything is no fault.
      if (!(fault instanceof DOMException && fault.name === "AbortError")) throw fault;
    }
  });
}
