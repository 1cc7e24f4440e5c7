import assert from "node:assert/strict";
import { test } from "node:test";
import { showFace } from "../../../static/js/call/ui/face.js";
import { FakeElement, install } from "./fake_dom.js";

install();

const PICTURE = `/accounts/pictures/${"a1".repeat(16)}.webp`;
const OTHER = `/accounts/pictures/${"b2".repeat(16)}.webp`;

/** An element that tells its text from its elements. */
class Face extends FakeElement {
  text = "";

  replaceChildren(...nodes) {
    this.text = nodes.filter((node) => typeof node === "string").join("");
    super.replaceChildren(...nodes.filter((node) => typeof node !== "string"));
    for (const child of this.children) {
      Object.assign(child, { remove: () => this.replaceChildren(this.text) });
    }
  }

  show(name, picture) {
    showFace(/** @type {any} */ (this), name, picture);
    return [this.text, ...this.children.map(({ src }) => src)];
  }
}

test("a picture lies over the initials, without words of its own", () => {
  const face = new Face();
  assert.deepEqual(face.show("Amara Osei", PICTURE), ["AO", PICTURE]);
  assert.equal(face.children[0].alt, "");
  assert.deepEqual(face.show("Amara Osei", OTHER), ["AO", OTHER]);
  assert.deepEqual(face.show("Amara Osei", ""), ["AO"]);
});

test("another name leaves the picture alone", () => {
  const face = new Face();
  face.show("Amara", PICTURE);
  const [image] = face.children;
  assert.deepEqual(face.show("Amara Osei", PICTURE), ["AO", PICTURE]);
  assert.equal(face.children[0], image);
});

test("a picture that does not load is not asked for again", () => {
  const face = new Face();
  face.show("Amara", PICTURE);
  face.children[0].dispatchEvent(new Event("error"));
  assert.deepEqual(face.show("Amara Osei", PICTURE), ["AO"]);
});

test("what is no path of this site becomes no picture", () => {
  for (const path of ["https://evil.example/a.webp", "//evil.example/a.webp", "a.webp", "/a.svg"]) {
    assert.deepEqual(new Face().show("Amara Osei", path), ["AO"], path);
  }
});
