/**
 * @typedef {import("../state.js").SlotName} SlotName
 * @typedef {import("./streams.js").Inbound} Inbound
 *
 * @typedef {object} Wait For what one slot of one person carries.
 * @property {number} since When something came last, or was first to be expected.
 * @property {number} got What has come by then: pictures, or packets of sound.
 * @property {number} fresh
 * @property {number|null} told How many packets its sender had counted by then.
 * @property {{sent: number, packets: number}|null} base What it had counted in its first report after that, and how many
 *   had come by then, of any kind: only what it counts beyond was sent since.
 * @property {boolean} isFirst Nothing has come yet.
 */

/** A sender that counts so many more packets does send. */
const SENT_LEAST = 15;

/**
 * @param {Wait|undefined} known
 * @param {SlotName} slot
 * @param {Inbound|null} inbound
 * @param {number} now
 * @returns {Wait} The one that is known, where nothing came since.
 */
export function nextWait(known, slot, inbound, now) {
  const isPicture = slot === "camera" || slot === "screen";
  const got = (isPicture ? inbound?.frames : inbound?.packets) ?? 0;
  const told = inbound?.sent ?? null;
  if (known?.got === got) {
    if (inbound && told !== null && told !== known.told) {
      known.base ??= { sent: told, packets: inbound.packets };
    }
    return known;
  }
  return { since: now, got, fresh: inbound?.fresh ?? 0, told, base: null, isFirst: !known };
}

/**
 * Whether packets came that nothing could be made of, or left the sender and none came.
 *
 * @param {Wait} wait
 * @param {Inbound|null} inbound
 */
export function isSent(wait, inbound) {
  if (!inbound) return false;
  if (hasCome(wait, inbound)) return true;
  const { base } = wait;
  if (!base || inbound.packets !== base.packets) return false;
  return (inbound.sent ?? 0) - base.sent >= SENT_LEAST;
}

/**
 * Whether packets came that nothing could be made of.
 *
 * @param {Wait} wait
 * @param {Inbound|null} inbound
 */
export function hasCome({ fresh }, inbound) {
  return inbound !== null && inbound.fresh - fresh >= SENT_LEAST;
}
