/** Buttons `[data-part="ask"]` open the dialog that their `commandfor` names, where the browser does not by itself. */

if (!("commandForElement" in HTMLButtonElement.prototype)) {
  for (const button of document.querySelectorAll('[data-part="ask"]')) {
    const asked = /** @type {HTMLDialogElement | null} */ (
      document.getElementById(button.getAttribute("commandfor") ?? "")
    );
    button.addEventListener("click", () => asked?.showModal());
  }
}
