/** Buttons `[data-part="ask"]` open the dialog that their `data-dialog` names. */

for (const button of document.querySelectorAll('[data-part="ask"]')) {
  const { dialog } = /** @type {HTMLElement} */ (button).dataset;
  button.addEventListener("click", () => {
    const asked = /** @type {HTMLDialogElement | null} */ (document.getElementById(dialog ?? ""));
    asked?.showModal();
  });
}
