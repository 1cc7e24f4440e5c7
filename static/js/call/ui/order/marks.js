/**
 * What the server says of people, on their tiles: who is a guest, whose name can be taken for another's, who is shown
 * large to everybody.
 *
 * @param {import("../stage.js").Stage} stage
 * @param {import("../../state.js").CallState} state
 */
export function markTiles(stage, { people, own, order }) {
  const large = order.spotlight !== "" && order.spotlight === own.seat ? "own" : order.spotlight;
  const named = new Map(people.map((person) => [person.seat, person]));
  for (const [key, { element }] of stage.tiles) {
    const person = named.get(key);
    element.toggleAttribute("data-guest", person?.guest ?? false);
    element.toggleAttribute("data-lookalike", person?.lookalike ?? false);
    element.toggleAttribute("data-spotlit", key === large);
  }
}
