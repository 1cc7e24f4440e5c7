/**
 * @typedef {import("./state.js").ChatMessage} ChatMessage
 * @typedef {{writer: string, count: number, awaitsNumber: boolean}} Place
 */

/** Messages in the order they are shown, each id once. */
export class ChatLog {
  /** @type {ChatMessage[]} */
  messages = [];
  /** Up to this number nothing kept is missing here. */
  complete = 0;
  /** @type {Map<string, Place>} */
  #places = new Map();
  #numbers = new Set();

  /** @param {string} id */
  has(id) {
    return this.#places.has(id);
  }

  /**
   * @param {ChatMessage} message Its id is not here yet.
   * @param {boolean} isKept Whether it has a number, or will get one.
   */
  add(message, isKept) {
    const cut = message.id.lastIndexOf("-");
    this.#places.set(message.id, {
      writer: message.id.slice(0, cut),
      count: Number(message.id.slice(cut + 1)),
      awaitsNumber: isKept && !message.number,
    });
    this.#insert(message);
  }

  /**
   * The room has given a message its place.
   *
   * @param {string} id
   * @param {number} number
   */
  number(id, number) {
    const place = this.#places.get(id);
    const message = this.messages.find((each) => each.id === id);
    if (!place || !message || message.number) return;
    place.awaitsNumber = false;
    message.number = number;
    this.messages.splice(this.messages.indexOf(message), 1);
    this.#insert(message);
  }

  /** @param {ChatMessage} message */
  #insert(message) {
    let place = this.messages.length;
    const isLater = message.number ? this.#numberedAfter(message) : this.#writtenAfter(message);
    while (place > 0 && isLater(/** @type {ChatMessage} */ (this.messages[place - 1]))) place -= 1;
    this.messages.splice(place, 0, message);
    if (!message.number) return;
    this.#numbers.add(message.number);
    while (this.#numbers.delete(this.complete + 1)) this.complete += 1;
  }

  /**
   * By the room's number; what still waits for one comes last.
   *
   * @param {ChatMessage} message
   * @returns {(other: ChatMessage) => boolean}
   */
  #numberedAfter({ number }) {
    return (other) =>
      other.number ? other.number > number : Boolean(this.#places.get(other.id)?.awaitsNumber);
  }

  /**
   * In the order of arrival, except that one writer's messages keep their own order.
   *
   * @param {ChatMessage} message
   * @returns {(other: ChatMessage) => boolean}
   */
  #writtenAfter({ id }) {
    const own = this.#places.get(id);
    const later = this.messages.findIndex(({ id: other }) => {
      const place = this.#places.get(other);
      return place?.writer === own?.writer && Number(place?.count) > Number(own?.count);
    });
    return (other) => later >= 0 && this.messages.indexOf(other) >= later;
  }
}
