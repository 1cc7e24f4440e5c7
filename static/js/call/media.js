import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {import("./state.js").Chosen} Chosen
 * @typedef {import("./state.js").Devices} Devices
 * @typedef {import("./state.js").Fault} Fault
 * @typedef {"microphone"|"camera"} Kind
 *
 * @typedef {object} MediaEvents
 * @property {Kind} track `tracks` has another one, or none.
 * @property {Kind} fault `faults` says what is wrong, or that nothing is any more.
 * @property {Kind} ended The device went away by itself.
 * @property {void} devices
 */

/** @type {Record<Kind, "audio"|"video">} */
const CONSTRAINT = { microphone: "audio", camera: "video" };

/**
 * In a mesh every pair has an encoder of its own: at eight people a 640×360 camera is encoded seven times, as many
 * pixels as one of 1080p. A larger one would overload a common laptop before anybody saw the difference in a tile.
 */
const CAMERA = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 30, max: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * The own microphone and camera. Each is wanted or not; what the browser refuses is a named fault, never an exception.
 *
 * @extends {Emitter<MediaEvents>}
 */
export class Media extends Emitter {
  /** @type {Record<Kind, MediaStreamTrack|null>} */
  tracks = { microphone: null, camera: null };
  /** @type {Record<Kind, Fault|null>} */
  faults = { microphone: null, camera: null };
  /** @type {Devices} */
  devices;
  /** Resolves when the browser has answered the first question, whatever it said. */
  settled;
  #source;
  #end = new AbortController();
  /** @type {Record<Kind, boolean>} */
  #wanted;
  /** @type {Promise<void>} */
  #work = Promise.resolve();

  /**
   * Asks for the devices at once.
   *
   * @param {object} options
   * @param {Chosen} options.chosen
   * @param {boolean} options.microphoneOn Whether it starts unmuted; it is opened in any case.
   * @param {boolean} options.cameraOn
   * @param {MediaDevices|undefined} [options.source] Undefined on an insecure page.
   */
  constructor({ chosen, microphoneOn, cameraOn, source = globalThis.navigator?.mediaDevices }) {
    super();
    this.#source = source;
    this.#wanted = { microphone: microphoneOn, camera: cameraOn };
    this.devices = { microphones: [], cameras: [], speakers: [], chosen: { ...chosen } };
    source?.addEventListener?.("devicechange", () => this.#list(), { signal: this.#end.signal });
    this.settled = this.#next(() =>
      this.#open(cameraOn ? ["microphone", "camera"] : ["microphone"]),
    );
  }

  /** Whether the microphone is open and not muted. */
  get isSpeaking() {
    return this.tracks.microphone?.enabled ?? false;
  }

  /**
   * Mutes by silence, so that speaking again needs no device; asks for one where there is none.
   *
   * @param {boolean} on
   */
  async setMicrophone(on) {
    this.#wanted.microphone = on;
    const { microphone } = this.tracks;
    if (microphone) {
      microphone.enabled = on;
      this.emit("track", "microphone");
    } else if (on) await this.retry("microphone");
  }

  /**
   * Off lets go of the camera, and its light goes out.
   *
   * @param {boolean} on
   */
  async setCamera(on) {
    this.#wanted.camera = on;
    if (on) await this.retry("camera");
    else await this.#next(() => this.#let("camera"));
  }

  /**
   * @param {"microphone"|"camera"|"speaker"} kind
   * @param {string} deviceId
   */
  async choose(kind, deviceId) {
    this.devices.chosen[kind] = deviceId;
    this.emit("devices", undefined);
    if (kind === "speaker" || (kind === "camera" && !this.#wanted.camera)) return;
    await this.#next(async () => {
      this.#stop(kind);
      await this.#open([kind]);
      if (!this.tracks[kind]) this.emit("track", kind);
    });
  }

  /**
   * Asks for a device that is wanted and not there.
   *
   * @param {Kind} kind
   */
  async retry(kind) {
    this.#wanted[kind] = true;
    await this.#next(async () => {
      if (!this.tracks[kind] && this.#wanted[kind]) await this.#open([kind]);
    });
  }

  close() {
    this.#end.abort();
    this.#stop("microphone");
    this.#stop("camera");
  }

  /**
   * One question to the browser at a time.
   *
   * @param {() => Promise<void>|void} act
   */
  #next(act) {
    const done = this.#work.then(act);
    this.#work = done.catch(() => {
      // Whoever asked is told by `done`; the next question does not wait for that.
    });
    return done;
  }

  /**
   * One question for all; each by itself only where that may bring another answer.
   *
   * @param {Kind[]} kinds
   */
  async #open(kinds) {
    if (this.#end.signal.aborted) return;
    try {
      if (!this.#source) throw new DOMException("No devices on this page", "SecurityError");
      const stream = await this.#source.getUserMedia(this.#constraints(kinds));
      for (const kind of kinds) this.#use(kind, stream);
    } catch (error) {
      const fault = faultOf(error, Boolean(this.#source));
      const [single] = kinds;
      if (kinds.length === 1 && single) await this.#missing(single, fault);
      else await this.#openSingly(kinds, fault);
    }
    await this.#list();
  }

  /**
   * Who refused both is not asked twice more: only a device that is allowed already is tried by itself.
   *
   * @param {Kind[]} kinds
   * @param {Fault} fault
   */
  async #openSingly(kinds, fault) {
    for (const kind of kinds) {
      if (fault === "insecure" || (fault === "denied" && !(await isAllowed(kind)))) {
        this.#setFault(kind, fault);
      } else await this.#open([kind]);
    }
  }

  /**
   * A device that was chosen once and is gone gives way to any other.
   *
   * @param {Kind} kind
   * @param {Fault} fault
   */
  async #missing(kind, fault) {
    if (fault !== "none" || !this.devices.chosen[kind]) return this.#setFault(kind, fault);
    this.devices.chosen[kind] = "";
    await this.#open([kind]);
  }

  /** @param {Kind[]} kinds */
  #constraints(kinds) {
    /** @param {Kind} kind */
    const wish = (kind) => {
      if (!kinds.includes(kind)) return false;
      const id = this.devices.chosen[kind];
      return {
        ...(kind === "camera" ? CAMERA : MICROPHONE),
        ...(id && { deviceId: { exact: id } }),
      };
    };
    return { audio: wish("microphone"), video: wish("camera") };
  }

  /**
   * @param {Kind} kind
   * @param {MediaStream} stream
   */
  #use(kind, stream) {
    const track = stream.getTracks().find((each) => each.kind === CONSTRAINT[kind]);
    if (!track) return this.#setFault(kind, "none");
    // Nobody waits for it any more.
    if (this.#end.signal.aborted || (kind === "camera" && !this.#wanted.camera))
      return track.stop();
    if (kind === "microphone") track.enabled = this.#wanted.microphone;
    const { signal } = this.#end;
    track.addEventListener("ended", () => this.#ended(kind, track), { signal });
    this.tracks[kind] = track;
    this.#setFault(kind, null);
    this.emit("track", kind);
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   */
  async #ended(kind, track) {
    if (this.tracks[kind] !== track) return;
    this.tracks[kind] = null;
    this.emit("track", kind);
    await this.#list();
    const { cameras, microphones } = this.devices;
    const left = kind === "camera" ? cameras : microphones;
    this.#setFault(kind, left.length ? "failed" : "none");
    this.emit("ended", kind);
  }

  /** @param {Kind} kind */
  #let(kind) {
    this.#setFault(kind, null);
    if (!this.tracks[kind]) return;
    this.#stop(kind);
    this.emit("track", kind);
  }

  /** @param {Kind} kind */
  #stop(kind) {
    this.tracks[kind]?.stop();
    this.tracks[kind] = null;
  }

  /**
   * @param {Kind} kind
   * @param {Fault|null} fault
   */
  #setFault(kind, fault) {
    if (this.faults[kind] === fault) return;
    this.faults[kind] = fault;
    this.emit("fault", kind);
  }

  async #list() {
    if (!this.#source || this.#end.signal.aborted) return;
    const found = await this.#source.enumerateDevices();
    const of = (/** @type {MediaDeviceKind} */ kind) =>
      found
        .filter((device) => device.kind === kind && device.deviceId)
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.devices = {
      microphones: of("audioinput"),
      cameras: of("videoinput"),
      speakers: of("audiooutput"),
      chosen: this.devices.chosen,
    };
    this.emit("devices", undefined);
  }
}

/** @param {Kind} kind */
async function isAllowed(kind) {
  try {
    const name = /** @type {PermissionName} */ (kind);
    return (await navigator.permissions.query({ name })).state === "granted";
  } catch (error) {
    // A browser that does not say: it would ask again.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** @type {Record<string, Fault>} The names of W3C Media Capture and Streams, section 10.2, and older ones. */
const FAULTS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
  NotFoundError: "none",
  DevicesNotFoundError: "none",
  OverconstrainedError: "none",
};

/**
 * Why the browser gave no device, as something that can be said to a person.
 *
 * @param {unknown} error
 * @param {boolean} [isSecure] False where the page has no devices at all.
 * @returns {Fault}
 */
export function faultOf(error, isSecure = true) {
  if (!isSecure) return "insecure";
  return (error instanceof Error && FAULTS[error.name]) || "failed";
}
