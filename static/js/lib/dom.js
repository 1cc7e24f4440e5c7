/**
 * The one element of `root` that carries `data-part="name"`; a missing one is a mistake in the template and throws.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => T} [kind] The element class that is expected.
 * @returns {T}
 */
export function part(root, name, kind = /** @type {any} */ (HTMLElement)) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof kind)) {
    throw new Error(`No ${kind.name} with data-part="${name}"`);
  }
  return found;
}

/**
 * A fresh copy of the only element inside `<template id="templateId">`.
 *
 * @param {string} templateId
 * @returns {HTMLElement}
 */
export function clone(templateId) {
  const template = document.getElementById(templateId);
  if (!(template instanceof HTMLTemplateElement)) {
    throw new Error(`No <template id="${templateId}">`);
  }
  const copy = document.importNode(template.content, true).firstElementChild;
  if (!(copy instanceof HTMLElement)) throw new Error(`<template id="${templateId}"> is empty`);
  return copy;
}

/**
 * Listens until `signal` aborts.
 *
 * @template {Event} [E=Event]
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: E) => void} listener
 * @param {AddEventListenerOptions} [options]
 */
export function on(target, type, listener, options = {}) {
  target.addEventListener(type, /** @type {EventListener} */ (listener), options);
}
