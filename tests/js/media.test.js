import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, Media } from "../../static/js/call/media.js";
import { Share } from "../../static/js/call/share.js";
import { FakeStream, FakeTrack, settle } from "./fakes.js";

const NONE = { microphone: "", camera: "", speaker: "" };

/** A browser's devices; `refuse` names the error for a question, or nothing. */
class FakeDevices extends EventTarget {
  questions = [];
  /** @type {(question: {audio: any, video: any}) => string|undefined} */
  refuse = () => undefined;
  devices = ["audioinput", "videoinput", "audiooutput"].map((kind) => ({
    kind,
    deviceId: `${kind}-1`,
    label: kind,
  }));

  async getUserMedia(question) {
    this.questions.push(question);
    const name = this.refuse(question);
    if (name) throw new DOMException(name, name);
    const kinds = [question.audio && "audio", question.video && "video"].filter(Boolean);
    return new FakeStream(kinds.map((kind) => new FakeTrack(kind)));
  }

  async getDisplayMedia(question) {
    this.questions.push(question);
    const name = this.refuse(question);
    if (name) throw name instanceof Error ? name : new DOMException(name, name);
    return new FakeStream([new FakeTrack("video"), new FakeTrack("audio")]);
  }

  async enumerateDevices() {
    return this.devices;
  }
}

async function open({ refuse, permissions = {}, source = new FakeDevices(), ...options } = {}) {
  if (refuse) source.refuse = refuse;
  const query = async ({ name }) => ({ state: permissions[name] ?? "prompt" });
  Object.defineProperty(globalThis, "navigator", {
    value: { permissions: { query } },
    configurable: true,
  });
  const media = new Media({
    chosen: { ...NONE },
    microphoneOn: true,
    cameraOn: true,
    source,
    ...options,
  });
  const tracks = [];
  media.on("track", (kind) => tracks.push(`${kind} ${Boolean(media.tracks[kind])}`));
  await media.settled;
  return { media, source, tracks };
}

test("asks for both with one question", async () => {
  const { media, source, tracks } = await open();
  assert.equal(source.questions.length, 1);
  assert.deepEqual(tracks, ["microphone true", "camera true"]);
  assert.deepEqual(media.faults, { microphone: null, camera: null });
  assert.deepEqual(media.devices.cameras, [{ id: "videoinput-1", label: "videoinput" }]);
});

test("without a camera the microphone still opens", async () => {
  const { media, source } = await open({
    refuse: ({ video }) => (video ? "NotFoundError" : undefined),
  });
  assert.deepEqual(media.faults, { microphone: null, camera: "none" });
  assert.ok(media.tracks.microphone);
  assert.equal(source.questions.length, 3);
});

test("with a busy microphone the camera still opens", async () => {
  const { media } = await open({ refuse: ({ audio }) => (audio ? "NotReadableError" : undefined) });
  assert.deepEqual(media.faults, { microphone: "busy", camera: null });
  assert.ok(media.tracks.camera);
});

test("who refuses both is not asked again", async () => {
  const { media, source } = await open({ refuse: () => "NotAllowedError" });
  assert.deepEqual(media.faults, { microphone: "denied", camera: "denied" });
  assert.equal(source.questions.length, 1);
});

test("where only the camera is refused, the allowed microphone opens", async () => {
  const { media } = await open({
    refuse: ({ video }) => (video ? "NotAllowedError" : undefined),
    permissions: { microphone: "granted", camera: "denied" },
  });
  assert.deepEqual(media.faults, { microphone: null, camera: "denied" });
  assert.ok(media.tracks.microphone);
});

test("an insecure page has no devices", async () => {
  const { media } = await open({ source: null });
  assert.deepEqual(media.faults, { microphone: "insecure", camera: "insecure" });
  assert.deepEqual(media.devices.cameras, []);
});

test("every error has a name a person can be told", () => {
  const names = {
    NotAllowedError: "denied",
    SecurityError: "denied",
    NotReadableError: "busy",
    AbortError: "busy",
    NotFoundError: "none",
    OverconstrainedError: "none",
    TypeError: "failed",
    Whatever: "failed",
  };
  for (const [name, fault] of Object.entries(names)) {
    assert.equal(faultOf(Object.assign(new Error(), { name })), fault);
  }
  assert.equal(faultOf("no error at all"), "failed");
});

test("a fault goes when a retry succeeds", async () => {
  const { media, source } = await open({ refuse: () => "NotReadableError" });
  assert.equal(media.faults.camera, "busy");
  source.refuse = () => undefined;
  await media.retry("camera");
  assert.equal(media.faults.camera, null);
  assert.ok(media.tracks.camera);
  assert.equal(media.tracks.microphone, null);
});

test("mute keeps the track, and silences it", async () => {
  const { media, source } = await open();
  const track = media.tracks.microphone;
  await media.setMicrophone(false);
  assert.equal(media.tracks.microphone, track);
  assert.equal(track.enabled, false);
  await media.setMicrophone(true);
  assert.equal(track.enabled, true);
  assert.equal(source.questions.length, 1);
});

test("who joins muted has an open, silent microphone", async () => {
  const { media } = await open({ microphoneOn: false });
  assert.equal(media.tracks.microphone.enabled, false);
});

test("camera off lets go of it, on asks again", async () => {
  const { media, source } = await open();
  const track = media.tracks.camera;
  await media.setCamera(false);
  assert.equal(track.readyState, "ended");
  assert.equal(media.tracks.camera, null);
  await media.setCamera(true);
  assert.deepEqual(
    source.questions.map(({ audio }) => Boolean(audio)),
    [true, false],
  );
  assert.ok(media.tracks.camera);
});

test("a camera that was turned off while it opened is let go", async () => {
  const { media } = await open({ cameraOn: false });
  const on = media.setCamera(true);
  const off = media.setCamera(false);
  await Promise.all([on, off]);
  assert.equal(media.tracks.camera, null);
});

test("without a wish for it, the camera is not asked for", async () => {
  const { source, media } = await open({ cameraOn: false });
  assert.equal(source.questions[0].video, false);
  assert.equal(media.faults.camera, null);
});

test("choosing a device takes its place", async () => {
  const { media, source } = await open();
  const before = media.tracks.camera;
  await media.choose("camera", "other");
  assert.equal(before.readyState, "ended");
  assert.deepEqual(source.questions[1].video.deviceId, { exact: "other" });
  assert.notEqual(media.tracks.camera, before);
  await media.choose("speaker", "loud");
  assert.equal(source.questions.length, 2);
  assert.equal(media.devices.chosen.speaker, "loud");
});

test("a chosen device that is gone gives way to any other", async () => {
  const { media } = await open({
    chosen: { ...NONE, camera: "gone" },
    refuse: ({ video }) => (video?.deviceId ? "OverconstrainedError" : undefined),
  });
  assert.equal(media.faults.camera, null);
  assert.ok(media.tracks.camera);
  assert.equal(media.devices.chosen.camera, "");
});

test("a camera that is pulled out is off, and named", async () => {
  const { media, source, tracks } = await open();
  const ended = [];
  media.on("ended", (kind) => ended.push(kind));
  source.devices = source.devices.filter(({ kind }) => kind !== "videoinput");
  media.tracks.camera.dispatchEvent(new Event("ended"));
  await settle();
  assert.equal(tracks.at(-1), "camera false");
  assert.equal(media.faults.camera, "none");
  assert.deepEqual(ended, ["camera"]);
});

test("device lists follow what is plugged in", async () => {
  const { media, source } = await open();
  source.devices.push({ kind: "videoinput", deviceId: "usb", label: "USB camera" });
  source.dispatchEvent(new Event("devicechange"));
  await settle();
  assert.deepEqual(media.devices.cameras.at(-1), { id: "usb", label: "USB camera" });
});

test("closing lets go of everything, also of what comes later", async () => {
  const { media, source } = await open();
  const { camera, microphone } = media.tracks;
  const later = media.setCamera(true);
  media.close();
  await later;
  assert.deepEqual([camera.readyState, microphone.readyState], ["ended", "ended"]);
  assert.equal(source.questions.length, 1);
});

test("a screen is asked for without the own tab, and with sound", async () => {
  const source = new FakeDevices();
  const share = new Share(/** @type {any} */ (source));
  await share.start();
  const [question] = source.questions;
  assert.equal(question.selfBrowserSurface, "exclude");
  assert.equal(question.systemAudio, "exclude");
  assert.ok(!("restrictOwnAudio" in question.audio));
  assert.equal(share.picture.contentHint, "detail");
  assert.ok(share.sound);
  share.picture.dispatchEvent(new Event("ended"));
  assert.deepEqual([share.picture, share.sound], [null, null]);
});

test("the sound of a system is asked for where the call's own can be taken out of it", async () => {
  for (const [restrictOwnAudio, expected] of /** @type {const} */ ([
    [true, "include"],
    [false, "exclude"],
  ])) {
    const source = Object.assign(new FakeDevices(), {
      getSupportedConstraints: () => ({ restrictOwnAudio }),
    });
    await new Share(/** @type {any} */ (source)).start();
    const [{ systemAudio, audio }] = source.questions;
    assert.deepEqual([systemAudio, audio.restrictOwnAudio ?? false], [expected, restrictOwnAudio]);
  }
});

test("who closes the question about a screen has no fault; a system that forbids it is one", async () => {
  const source = new FakeDevices();
  source.refuse = () => "NotAllowedError";
  const share = new Share(/** @type {any} */ (source));
  await share.start();
  assert.equal(share.fault, null);
  source.refuse = () => new DOMException("Permission denied by system", "NotAllowedError");
  await share.start();
  assert.equal(share.fault, "denied");
});
