// As much of a page as a view needs: every part that is asked for is there, whatever its kind.

export class FakeElement extends EventTarget {
  static [Symbol.hasInstance] = (value) => value instanceof EventTarget;
  hidden = false;
  value = "";
  textContent = "";
  dataset = {};
  attributes = new Set();
  /** @type {FakeElement[]} */
  children = [];
  /** @type {FakeElement|null} */
  parent = null;
  #parts = new Map();

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  querySelector(selector) {
    if (!this.#parts.has(selector)) this.#parts.set(selector, new FakeElement());
    return this.#parts.get(selector);
  }

  /** @param {string} name Of a part. */
  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  toggleAttribute(name, isOn) {
    if (isOn) this.attributes.add(name);
    else this.attributes.delete(name);
  }

  getAttribute() {
    return null;
  }

  setAttribute() {}

  replaceChildren(...children) {
    this.children = children;
  }

  insertBefore(child, place) {
    child.remove();
    const at = place ? this.children.indexOf(place) : this.children.length;
    this.children.splice(at, 0, child);
    child.parent = this;
  }

  remove() {
    const siblings = this.parent?.children ?? [];
    if (siblings.includes(this)) siblings.splice(siblings.indexOf(this), 1);
    this.parent = null;
  }

  contains(other) {
    return other === this || this.children.some((child) => child.contains(other));
  }

  matches() {
    return false;
  }

  focus() {}
}

/** Puts what a browser has and Node has not where the modules look for it. */
export function install() {
  const template = () => Object.assign(new FakeElement(), { content: { firstElementChild: null } });
  Object.assign(globalThis, {
    HTMLElement: FakeElement,
    HTMLInputElement: FakeElement,
    HTMLSelectElement: FakeElement,
    HTMLButtonElement: FakeElement,
    HTMLTextAreaElement: FakeElement,
    HTMLTimeElement: FakeElement,
    HTMLVideoElement: FakeElement,
    HTMLMediaElement: FakeElement,
    HTMLTemplateElement: FakeElement,
    Option: FakeElement,
    matchMedia: () => ({ matches: false }),
    document: {
      createElement: () => new FakeElement(),
      getElementById: template,
      importNode: () => ({ firstElementChild: new FakeElement() }),
    },
  });
}
