/**
 * The form `[data-part="picture"]`: a file that the server would turn away for its size is not even
 * sent, and said beside its field in the server's own place for errors.
 */

const MOST_BYTES = 5 * 1024 * 1024;
const WORDS = "This file is larger than 5 MB. Choose a smaller one.";

/**
 * @param {HTMLInputElement} input
 * @param {string} words nothing where the file may be sent
 */
function say(input, words) {
  const place = `${input.id}_error`;
  document.getElementById(place)?.remove();
  input.toggleAttribute("aria-invalid", false);
  if (!words) return;
  const error = document.createElement("p");
  error.id = place;
  error.className = "field__error";
  error.textContent = words;
  error.setAttribute("role", "alert");
  input.closest(".field")?.append(error);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${place} ${input.id}_helptext`);
}

for (const form of document.querySelectorAll('form[data-part="picture"]')) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector('input[type="file"]'));
  const tooLarge = () => (input.files?.[0]?.size ?? 0) > MOST_BYTES;
  input.addEventListener("change", () => say(input, tooLarge() ? WORDS : ""));
  form.addEventListener("submit", (event) => {
    if (!tooLarge()) return;
    event.preventDefault();
    say(input, WORDS);
    input.focus();
  });
}
