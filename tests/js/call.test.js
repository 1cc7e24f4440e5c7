import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "../../static/js/call/call.js";
import { install } from "./fake_rtc.js";
import { FakeClock, FakeSocket, FakeStream, settle } from "./fakes.js";

install();
Object.assign(globalThis, {
  MediaStream: FakeStream,
  WebSocket: FakeSocket,
  location: { href: "https://parley.example/r/x/" },
});

const PAGE = {
  protocol: 2,
  socket: "/ws/rooms/x/",
  ticketUrl: "",
  ticket: "first",
  csrfToken: "",
  leftUrl: "",
  qrUrl: "",
  roomUrl: "",
  room: { name: "Kitchen", link: "x", url: "", limit: 8, keepsChat: false, access: "anyone" },
  name: "Mira",
  picture: "",
  hasIceServers: false,
  siteName: "Parley",
};

/** What is announced to somebody whose question for a screen ends so. */
async function share(error) {
  const getDisplayMedia = async () => {
    throw error;
  };
  const mediaDevices = Object.assign(new EventTarget(), error && { getDisplayMedia }, {
    enumerateDevices: async () => [],
    getUserMedia: async () => {
      throw new DOMException("None", "NotFoundError");
    },
  });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  const call = new Call(PAGE, { clock: new FakeClock() });
  const said = [];
  call.on("announce", (words) => said.push(words));
  call.share();
  await settle();
  call.close();
  return said;
}

test("a screen that cannot be shown is said in words", async () => {
  const faults = [
    new DOMException("Permission denied by system", "NotAllowedError"),
    new DOMException("Could not start", "NotReadableError"),
    new DOMException("None", "NotFoundError"),
    new DOMException("?", "UnknownError"),
    null,
  ];
  const said = [];
  for (const fault of faults) said.push(...(await share(fault)));
  assert.equal(said.length, faults.length);
  assert.equal(new Set(said).size, faults.length);
  for (const words of said) assert.match(words, /^[A-Z].*\.$/);
});

test("who closes the question about a screen is told nothing", async () => {
  assert.deepEqual(await share(new DOMException("Permission denied", "NotAllowedError")), []);
});

test("who asks for a device that this page cannot have is told why, each time", async () => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  const call = new Call(PAGE, { clock: new FakeClock() });
  await settle();
  const said = [];
  call.on("announce", (words) => said.push(words));
  for (const on of [true, false, true]) {
    call.setCamera(on);
    call.setMicrophone(on);
  }
  call.close();
  assert.equal(said.length, 4);
  for (const words of said) assert.match(words, /https pages only\. You can still write\./);
});
