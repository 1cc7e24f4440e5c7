/** Buttons `[data-part="print"]` print the page. */

for (const button of document.querySelectorAll('[data-part="print"]')) {
  button.addEventListener("click", () => window.print());
}
