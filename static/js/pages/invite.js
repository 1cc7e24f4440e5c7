/** Tells the form of invitations by whose clock its time is meant: the reader's own. */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const each of document.querySelectorAll('[data-part="zone"]')) {
  /** @type {HTMLInputElement} */ (each).value = zone;
}
for (const each of document.querySelectorAll('[data-part="zone-words"]')) {
  each.textContent = zone.replaceAll("_", " ");
}
