/**
 * Menus `[data-part="menu"]` are popovers: the browser opens and closes them, gives the focus to the row with
 * `autofocus`, and back. Here it goes from row to row with the arrow keys.
 */

/** @param {HTMLElement} menu */
function rows(menu) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (menu.querySelectorAll("a, button"))];
}

/**
 * @param {HTMLElement} menu
 * @param {KeyboardEvent} event
 */
function move(menu, event) {
  const all = rows(menu);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  all.at(next % all.length)?.focus();
}

for (const each of document.querySelectorAll('[data-part="menu"]')) {
  const menu = /** @type {HTMLElement} */ (each);
  menu.addEventListener("keydown", (event) => move(menu, event));
  // Closed before a row's own act: a dialog that it opens gives the focus back to the menu's button.
  menu.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest('[data-part="ask"]')) menu.hidePopover();
  });
}
