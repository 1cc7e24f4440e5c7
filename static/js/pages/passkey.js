/**
 * Forms `[data-part="passkey"]` ask the browser for a passkey (WebAuthn Level 2) before they are sent.
 *
 * `data-act` is "create" or "get", `data-options` the server's wish as JSON with binary parts in
 * base64url; where there is none, `data-ask` is the address that tells it. What the browser answers
 * goes into the field `credential`. What went wrong is said in `[data-part="passkey-words"]`.
 */

const WORDS = {
  address:
    "Passkeys do not work at this address. Browsers want a name in the address bar, no number, and https.",
  browser: "This browser knows no passkeys.",
  cancelled: "Nothing was chosen. Try again when you are ready.",
  known: "This device has a passkey for your account already.",
  failed: "That did not work. Try again, or choose another way.",
};
/** By the names of what browsers throw. */
const FAULTS = /** @type {Record<string, string>} */ ({
  NotAllowedError: WORDS.cancelled,
  AbortError: WORDS.cancelled,
  InvalidStateError: WORDS.known,
  SecurityError: WORDS.address,
});

/** @typedef {{ publicKey: Record<string, any> }} Options */

/** @param {string} text base64url, without padding (RFC 4648, 5) */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

/** @param {ArrayBuffer | null | undefined} buffer */
function text(buffer) {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {{ id: string }[] | undefined} keys */
const withBytes = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

/**
 * @param {Options} options
 * @param {boolean} alone Whether the passkey shall log in by itself.
 */
function create({ publicKey }, alone) {
  const asked = /** @type {any} */ ({
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: withBytes(publicKey.excludeCredentials),
    authenticatorSelection: {
      ...publicKey.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone && { userVerification: "required" }),
    },
  });
  return navigator.credentials.create({ publicKey: asked });
}

/** @param {Options} options */
function get({ publicKey }) {
  const asked = /** @type {any} */ ({
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    allowCredentials: withBytes(publicKey.allowCredentials),
  });
  return navigator.credentials.get({ publicKey: asked });
}

/** @param {any} credential a PublicKeyCredential of either kind */
function told(credential) {
  const { response } = credential;
  return JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: text(response.userHandle),
      transports: response.getTransports?.(),
    },
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

/** @param {HTMLFormElement} form @returns {Promise<Options>} */
async function wish(form) {
  const { options, ask } = form.dataset;
  if (options) return JSON.parse(options);
  const answer = await fetch(ask ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`asking answered ${answer.status}`);
  return (await answer.json()).request_options;
}

/** Why this page can have no passkeys, in words; empty where it can. */
function refusal() {
  // A number is no name that a passkey could belong to (WebAuthn Level 2, 5.1.3, step 7).
  const number = /^[\d.]+$|^\[/.test(location.hostname);
  if (!window.isSecureContext || number) return WORDS.address;
  return "PublicKeyCredential" in window ? "" : WORDS.browser;
}

/** @param {HTMLFormElement} form */
function arm(form) {
  const words = /** @type {HTMLElement} */ (form.querySelector('[data-part="passkey-words"]'));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type="submit"]'));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
  const why = refusal();
  if (why) {
    words.textContent = why;
    button.remove();
    return;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    words.textContent = "";
    button.disabled = true;
    try {
      const options = await wish(form);
      const alone = form.elements.namedItem("passwordless");
      field.value = told(
        form.dataset.act === "create"
          ? await create(options, alone instanceof HTMLInputElement && alone.checked)
          : await get(options),
      );
      form.submit();
    } catch (fault) {
      button.disabled = false;
      words.textContent = FAULTS[fault instanceof Error ? fault.name : ""] ?? WORDS.failed;
    }
  });
}

for (const form of document.querySelectorAll('form[data-part="passkey"]')) {
  arm(/** @type {HTMLFormElement} */ (form));
}
