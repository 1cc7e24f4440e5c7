/**
 * An EventTarget whose event names and details tsc can check: `Events` maps each name to the type of its detail.
 *
 * @template {Record<string, any>} Events
 */
export class Emitter extends EventTarget {
  /**
   * Calls `listener` with the detail of every event of this name, until `signal` aborts.
   *
   * @template {keyof Events & string} Name
   * @param {Name} name
   * @param {(detail: Events[Name]) => void} listener
   * @param {{signal?: AbortSignal}} [options]
   */
  on(name, listener, options = {}) {
    this.addEventListener(
      name,
      (event) => listener(/** @type {CustomEvent} */ (event).detail),
      options,
    );
  }

  /**
   * @template {keyof Events & string} Name
   * @param {Name} name
   * @param {Events[Name]} detail
   */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
