import { copy } from "../../lib/clipboard.js";
import { on, part } from "../../lib/dom.js";
import { Menu } from "./menus.js";
import { moveTo } from "./relocation.js";
import { aloneWords } from "./words.js";

const COPIED_MS = 2000;
const NEW_LINK =
  "This room has a new link. You stay. The old one opens nothing: send the one behind “Invite”.";

/** Every way to hand on the room's link: the card of who is alone, the box behind "Invite", the buttons that copy. */
export class Invite {
  #root;
  #box;
  #menu;
  #page;
  #say;
  /** @type {HTMLElement[]} */
  #copyButtons;
  #drawn = "";

  /**
   * @param {HTMLElement} root The whole call.
   * @param {import("../state.js").PageData} page
   * @param {(words: string) => void} say
   * @param {AbortSignal} signal
   */
  constructor(root, page, say, signal) {
    this.#root = root;
    this.#page = page;
    this.#say = say;
    this.#box = part(root, "invite-box");
    this.#menu = new Menu(this.#box, signal);
    this.#copyButtons = [...root.querySelectorAll('[data-part="copy"]')].map(
      (button) => /** @type {HTMLElement} */ (button),
    );
    for (const button of this.#copyButtons) on(button, "click", () => this.#copy(), { signal });
    for (const name of ["invite", "alone-invite"]) {
      this.#menu.attach(part(root, name, HTMLButtonElement));
    }
    on(part(this.#box, "show-qr"), "click", () => this.#toggleQr(), { signal });
    const pass = part(this.#box, "pass-on");
    pass.hidden = !("share" in navigator);
    on(pass, "click", () => this.#passOn(), { signal });
  }

  /**
   * Opens the box beside a button that is not its own.
   *
   * @param {HTMLElement} anchor
   */
  open(anchor) {
    this.#menu.open(anchor);
  }

  /** @param {import("../state.js").CallState} state */
  render({ room }) {
    const drawn = JSON.stringify([room.name, room.access, room.link]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#goBy(room.link);
    const isClosed = room.access === "invited";
    part(this.#root, "alone-words").textContent = aloneWords(room.access);
    part(this.#box, "invite-closed").hidden = !isClosed;
    const alone = part(this.#root, "alone");
    const invitesByName = isClosed && this.#page.mayInvite;
    for (const place of [this.#box, alone]) {
      const byName = part(place, "by-name", HTMLAnchorElement);
      byName.hidden = !invitesByName;
      byName.href = this.#page.roomUrl;
    }
    part(alone, "copy").hidden = invitesByName;
    const subject = encodeURIComponent(room.name);
    const body = encodeURIComponent(`Come to “${room.name}”: ${this.#page.room.url}`);
    part(this.#box, "mail", HTMLAnchorElement).href = `mailto:?subject=${subject}&body=${body}`;
  }

  /** @param {string} link Also another than before: then a picture that was fetched shows one that opens nothing. */
  #goBy(link) {
    const { room } = this.#page;
    if (link !== room.link) {
      moveTo(this.#page, link);
      this.#say(NEW_LINK);
    }
    for (const name of ["invite-link", "alone-link"]) {
      part(this.#root, name).textContent = room.url.replace(/^https?:\/\//, "");
    }
    const qr = part(this.#box, "qr");
    if (!qr.childElementCount) return;
    qr.replaceChildren();
    if (qr.hidden) return;
    qr.hidden = true;
    this.#toggleQr();
  }

  async #copy() {
    const { url } = this.#page.room;
    if (!(await copy(url, this.#box.matches(":popover-open") ? this.#box : this.#root))) {
      this.#say(`The browser does not let us copy. The link is ${url}`);
      return;
    }
    this.#say("The link is copied. Send it to whom you like.");
    for (const button of this.#copyButtons) {
      button.dataset.copied = "";
      part(button, "label").textContent = "Copied";
    }
    setTimeout(() => {
      for (const button of this.#copyButtons) {
        delete button.dataset.copied;
        part(button, "label").textContent = "Copy the link";
      }
    }, COPIED_MS);
  }

  /** The picture is fetched when somebody wants to see it, and again where that failed. */
  #toggleQr() {
    const qr = part(this.#box, "qr");
    qr.hidden = !qr.hidden;
    const button = part(this.#box, "show-qr");
    button.ariaExpanded = String(!qr.hidden);
    part(button, "label").textContent = qr.hidden ? "Show QR code" : "Hide QR code";
    if (qr.hidden || qr.childElementCount > 0) return;
    const image = document.createElement("img");
    image.alt = "QR code of the link";
    image.addEventListener("error", () => {
      image.remove();
      this.#toggleQr();
      this.#say("The QR code did not load. Try again.");
    });
    image.src = this.#page.qrUrl;
    qr.append(image);
  }

  async #passOn() {
    const { name, url } = this.#page.room;
    try {
      await navigator.share({ title: name, url });
    } catch (error) {
      // Closing the sheet without choosing anything is no fault.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }
}
