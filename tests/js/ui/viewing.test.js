import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { settle } from "../fakes.js";
import { FakeElement, install } from "./fake_dom.js";

install();
const { Viewing } = await import("../../../static/js/call/ui/viewing.js");

let menu;
let video;
let said;

/** A video that a browser lifts out of the page, or will not. */
class FakeVideo extends FakeElement {
  readyState = 4;
  fault = null;
  asked = 0;

  async requestPictureInPicture() {
    this.asked += 1;
    if (this.fault) throw this.fault;
    Object.assign(document, { pictureInPictureElement: this });
  }
}

beforeEach((t) => {
  const root = new FakeElement();
  menu = Object.assign(root.part("tile-menu"), { hidePopover() {} });
  video = new FakeVideo();
  said = [];
  const person = { seat: "a", slots: { camera: "on" }, watched: true, spared: false };
  const watch = (seat, on) => {
    said.push(`${seat} ${on}`);
    Object.assign(person, { watched: on });
  };
  const call = { state: { people: [person] }, upkeep: { views: { watch } } };
  const stage = { asked: "a", tiles: new Map([["a", { video, more: new FakeElement() }]]) };
  Object.assign(document, {
    pictureInPictureEnabled: true,
    pictureInPictureElement: null,
    async exitPictureInPicture() {
      if (!this.pictureInPictureElement) throw new DOMException("None", "InvalidStateError");
      this.pictureInPictureElement = null;
    },
  });
  const end = new AbortController();
  if ("after" in t) t.after(() => end.abort());
  new Viewing(/** @type {any} */ (root), /** @type {any} */ (call), stage, end.signal);
});

async function press(name) {
  menu.dispatchEvent(Object.assign(new Event("beforetoggle"), { newState: "open" }));
  menu.part(name).dispatchEvent(new Event("click"));
  await settle();
}

test("a picture is lifted out of the page, and back", async () => {
  await press("float");
  assert.equal(document.pictureInPictureElement, video);
  await press("float");
  assert.equal(document.pictureInPictureElement, null);
});

test("a picture that the browser does not lift stays where it is", async () => {
  for (const name of ["InvalidStateError", "NotAllowedError"]) {
    video.fault = new DOMException("No", name);
    await press("float");
    assert.equal(document.pictureInPictureElement, null);
  }
  assert.equal(video.asked, 2);
});

test("what is not watched any more comes back into the page", async () => {
  await press("float");
  await press("watch");
  assert.deepEqual([said, document.pictureInPictureElement], [["a false"], null]);
  await press("watch");
  assert.deepEqual(said, ["a false", "a true"]);
});
