/**
 * Checks of plain JSON values, built from small parts. A check says whether a value has exactly its shape.
 *
 * @typedef {(value: unknown) => boolean} Check
 */

/**
 * A string without lone surrogates.
 *
 * @param {number} most
 * @param {number} [least]
 * @returns {Check}
 */
export function text(most, least = 0) {
  return (value) =>
    typeof value === "string" &&
    value.length >= least &&
    value.length <= most &&
    !/\p{Surrogate}/u.test(value);
}

/**
 * @param {RegExp} pattern
 * @returns {Check}
 */
export const matching = (pattern) => (value) => typeof value === "string" && pattern.test(value);

/** @type {Check} */
export const flag = (value) => typeof value === "boolean";

/** @type {Check} */
export const natural = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * @param {...string} values
 * @returns {Check}
 */
export const oneOf =
  (...values) =>
  (value) =>
    typeof value === "string" && values.includes(value);

/**
 * @param {Check} check
 * @param {number} most
 * @param {number} [least]
 * @returns {Check}
 */
export const list =
  (check, most, least = 0) =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(check);

/** @type {WeakSet<Check>} */
const optionals = new WeakSet();

/**
 * Marks a field of `object` as one that may be missing.
 *
 * @param {Check} check
 * @returns {Check}
 */
export function optional(check) {
  const marked = (/** @type {unknown} */ value) => check(value);
  optionals.add(marked);
  return marked;
}

/**
 * A plain object with these fields and no other.
 *
 * @param {Record<string, Check>} fields
 * @returns {Check}
 */
export function object(fields) {
  const needed = Object.keys(fields).filter(
    (name) => !optionals.has(/** @type {Check} */ (fields[name])),
  );
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    return (
      needed.every((name) => Object.hasOwn(value, name)) &&
      Object.entries(value).every(
        ([name, held]) => Object.hasOwn(fields, name) && /** @type {Check} */ (fields[name])(held),
      )
    );
  };
}
