/**
 * @typedef {import("./state.js").ChatMessage} ChatMessage
 *
 * @typedef {object} Place What orders a message among others.
 * @property {string} writer One life of somebody's page.
 * @property {number} count The writer's own number of the message.
 * @property {boolean} awaitsNumber Whether the room will give it a number.
 */

/**
 * Tells a message from all others. Its writer chose the id, and nobody may take one away from somebody else: the seat
 * belongs to it, or the room's number where the seat is no longer known.
 *
 * @param {ChatMessage} message
 */
export function keyOf({ id, seat, own, number }) {
  if (own) return id;
  return seat ? `${seat}/${id}` : `/${number}`;
}

/**
 * History does not say from which seat a message came: one that was heard from a seat, and has no number yet, is known
 * again by all that is shown of it.
 *
 * @param {ChatMessage} kept
 * @param {ChatMessage} heard
 */
function isSame(kept, heard) {
  return (
    kept.id === heard.id &&
    !kept.seat &&
    Boolean(heard.seat) &&
    !heard.own &&
    !heard.number &&
    kept.name === heard.name &&
    kept.text === heard.text
  );
}

/** Messages in the order they are shown, each once. */
export class ChatLog {
  /** @type {ChatMessage[]} */
  messages = [];
  /** Up to this number nothing kept is missing here. */
  complete = 0;
  /** @type {Map<ChatMessage, Place>} */
  #places = new Map();
  /** @type {Map<string, ChatMessage>} */
  #keyed = new Map();
  /** @type {Map<number, ChatMessage>} */
  #numbered = new Map();

  /**
   * @param {ChatMessage} message As it arrived.
   * @returns {ChatMessage|undefined} The same one, if it is here already.
   */
  find(message) {
    return (
      this.#numbered.get(message.number) ??
      this.#keyed.get(keyOf(message)) ??
      this.messages.find((other) => isSame(message, other) || isSame(other, message))
    );
  }

  /**
   * @param {ChatMessage} message One that `find` does not find.
   * @param {Place} place
   */
  add(message, place) {
    this.#places.set(message, place);
    this.#keyed.set(keyOf(message), message);
    this.#insert(message);
  }

  /**
   * The room has given a message its place.
   *
   * @param {ChatMessage} message One of these.
   * @param {number} number
   */
  number(message, number) {
    const place = this.#places.get(message);
    if (!place || message.number) return;
    place.awaitsNumber = false;
    message.number = number;
    this.messages.splice(this.messages.indexOf(message), 1);
    this.#insert(message);
  }

  /** The room gives no more numbers: what waits for one keeps the place it has. */
  awaitNone() {
    for (const place of this.#places.values()) place.awaitsNumber = false;
  }

  /** @param {ChatMessage} message */
  #insert(message) {
    let place = this.messages.length;
    const isLater = message.number ? this.#numberedAfter(message) : this.#writtenAfter(message);
    while (place > 0 && isLater(/** @type {ChatMessage} */ (this.messages[place - 1]))) place -= 1;
    this.messages.splice(place, 0, message);
    if (!message.number) return;
    this.#numbered.set(message.number, message);
    while (this.#numbered.has(this.complete + 1)) this.complete += 1;
  }

  /**
   * By the room's number; what still waits for one comes last.
   *
   * @param {ChatMessage} message
   * @returns {(other: ChatMessage) => boolean}
   */
  #numberedAfter({ number }) {
    return (other) =>
      other.number ? other.number > number : Boolean(this.#places.get(other)?.awaitsNumber);
  }

  /**
   * In the order of arrival, except that one writer's messages keep their own order.
   *
   * @param {ChatMessage} message
   * @returns {(other: ChatMessage) => boolean}
   */
  #writtenAfter(message) {
    const own = this.#places.get(message);
    const later = this.messages.findIndex((other) => {
      const place = this.#places.get(other);
      return place?.writer === own?.writer && Number(place?.count) > Number(own?.count);
    });
    return (other) => later >= 0 && this.messages.indexOf(other) >= later;
  }
}
