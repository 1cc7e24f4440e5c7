// Two ends of one pair in one page: the real modules and real connections, with a slow and uneven way between them.

/** @type {RTCPeerConnection[]} */
const made = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  /** @param {RTCConfiguration} configuration */
  constructor(configuration) {
    super(configuration);
    made.push(this);
  }
};

const { realClock } = await import("/static/js/lib/clock.js");
const { Connection } = await import("/static/js/call/connection.js");
const { Peer } = await import("/static/js/call/peer.js");
const { newOutgoing } = await import("/static/js/call/slots.js");
const { random } = await import("/tests/js/fakes.js");

// What is random can be played again, as far as a real browser lets it.
const seed = Number(new URLSearchParams(location.search).get("seed") ?? 1);
const chance = random(seed);

const media = await navigator.mediaDevices.getUserMedia({
  audio: true,
  video: { width: 160, height: 90 },
});

/** One direction of the way between the two: in order, each signal a random time behind. */
class Way {
  inFlight = 0;
  offersInFlight = 0;
  /** @type {string[]} */
  types = [];
  slowest = 0;
  /** The type of a signal that is lost once. */
  loses = "";
  #last = Promise.resolve();

  /** @param {object} signal @param {(signal: any) => void} arrive */
  carry(signal, arrive) {
    const copy = structuredClone(signal);
    this.types.push(copy.type);
    if (copy.type === this.loses) {
      this.loses = "";
      return;
    }
    const isOffer = copy.type === "offer";
    this.inFlight += 1;
    if (isOffer) {
      this.offersInFlight += 1;
      if (a.way.offersInFlight && b.way.offersInFlight) crossings += 1;
    }
    const ready = pause(chance() * this.slowest);
    this.#last = Promise.all([ready, this.#last]).then(() => {
      this.inFlight -= 1;
      if (isOffer) this.offersInFlight -= 1;
      arrive(copy);
    });
  }
}

class End {
  outgoing = newOutgoing();
  way = new Way();
  /** @type {RTCPeerConnection[]} */
  connections = [];
  /** @type {string[]} */
  states = [];
  failures = [];
  /** @type {object[]} */
  messages = [];

  /** @param {boolean} offers */
  constructor(offers) {
    const [microphone] = media.getAudioTracks();
    const [camera] = media.getVideoTracks();
    Object.assign(this.outgoing.tracks, { microphone, camera });
    const { outgoing } = this;
    const connect = (/** @type {boolean} */ offers) => {
      const connection = new Connection({ offers, configuration: {}, outgoing, clock: realClock });
      this.connections.push(made.at(-1));
      connection.on("failure", (error) => this.failures.push(String(error)));
      return connection;
    };
    this.peer = new Peer({ offers, connect, iceServers: () => [], clock: realClock });
    this.peer.on("state", ({ state }) => this.states.push(state));
    this.peer.on("message", (message) => this.messages.push(message));
  }

  get pc() {
    return this.connections.at(-1);
  }

  async framesDecoded(slot = "camera") {
    const receiver = this.peer.receiver(slot);
    let frames = 0;
    for (const report of (await this.pc.getStats()).values()) {
      if (report.type === "inbound-rtp" && report.mid === slotMid(this.pc, receiver)) {
        frames += report.framesDecoded ?? report.packetsReceived ?? 0;
      }
    }
    return frames;
  }

  facts() {
    return {
      signalling: this.pc.signalingState,
      connection: this.pc.connectionState,
      transceivers: this.pc.getTransceivers().map(({ currentDirection, mid, receiver }) => ({
        direction: currentDirection,
        mid,
        kind: receiver.track.kind,
      })),
      open: this.connections.filter((pc) => pc.connectionState !== "closed").length,
      made: this.connections.length,
      states: this.states,
      failures: this.failures,
    };
  }
}

/** @param {RTCPeerConnection} pc @param {RTCRtpReceiver|null} receiver */
function slotMid(pc, receiver) {
  return pc.getTransceivers().find((transceiver) => transceiver.receiver === receiver)?.mid;
}

const a = new End(true);
const b = new End(false);
/** How often an offer set out while one of the other side was still on its way. */
let crossings = 0;
a.peer.on("signal", (signal) => a.way.carry(signal, (copy) => b.peer.receive(copy)));
b.peer.on("signal", (signal) => b.way.carry(signal, (copy) => a.peer.receive(copy)));

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {() => boolean|Promise<boolean>} isSo */
async function until(isSo, what, patience = 15_000) {
  const end = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > end) {
      const facts = JSON.stringify({
        facts: [a.facts(), b.facts()],
        said: [a.way.types, b.way.types],
      });
      throw new Error(`Not within ${patience} ms, seed ${seed}: ${what}. ${facts}`);
    }
    await pause(2);
  }
}

const isQuiet = () =>
  a.way.inFlight + b.way.inFlight === 0 &&
  [a, b].every(
    (end) => end.pc.signalingState === "stable" && end.pc.connectionState === "connected",
  );

const fragmentOf = (/** @type {RTCPeerConnection} */ pc) =>
  /a=ice-ufrag:(\S+)/.exec(pc.localDescription?.sdp ?? "")?.[1];

globalThis.harness = {
  /** Connects the two; `prepared`: with an offer made ahead, and perhaps its candidates. */
  async connect({ slowest = 0, prepared = "", loses = "" } = {}) {
    (loses === "answer" ? b : a).way.loses = loses;
    a.way.slowest = slowest;
    b.way.slowest = slowest;
    b.peer.start();
    if (prepared) {
      const { outgoing } = a;
      const spare = new Connection({ offers: true, configuration: {}, outgoing, clock: realClock });
      a.connections.push(made.at(-1));
      spare.prepare(prepared === "gathered");
      await until(
        () => prepared !== "gathered" || a.pc.iceGatheringState === "complete",
        "gathered",
      );
      a.peer.start(spare);
    } else a.peer.start();
    await until(isQuiet, "connected");
  },

  /** Both ends restart at once until offers have crossed in so many rounds; answers in how many of how many. */
  async glare(wanted) {
    let crossed = 0;
    let round = 0;
    for (; crossed < wanted && round < 10 * wanted; round += 1) {
      const before = [a, b].map((end) => fragmentOf(end.pc));
      const crossedBefore = crossings;
      const [first, second] = chance() < 0.5 ? [a, b] : [b, a];
      first.pc.restartIce();
      if (round % 2) await pause(chance() * first.way.slowest);
      second.pc.restartIce();
      await until(
        () => isQuiet() && [a, b].every((end, place) => fragmentOf(end.pc) !== before[place]),
        `round ${round}`,
      );
      if (crossings > crossedBefore) crossed += 1;
    }
    return { crossed, rounds: round };
  },

  /** @param {boolean} offers The offerer builds another connection; else the answerer asks until it does. */
  async rebuild(offers) {
    const before = [a.pc, b.pc];
    (offers ? a : b).peer.renew();
    await until(() => a.pc !== before[0] && b.pc !== before[1] && isQuiet(), "rebuilt");
  },

  /** Resolves when both ends decode further frames and hear further sound. */
  async media() {
    const count = async () => {
      const counts = [];
      for (const end of [a, b]) {
        for (const slot of ["camera", "microphone"]) counts.push(await end.framesDecoded(slot));
      }
      return counts;
    };
    const before = await count();
    await until(async () => {
      const now = await count();
      return now.every((value, place) => value > before[place] + 2);
    }, "media both ways");
    return count();
  },

  async screen(isOn) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
    const context = canvas.getContext("2d");
    let painted = 0;
    const painting = setInterval(() => context.fillRect(4 * (painted++ % 16), 0, 4, 64), 50);
    a.outgoing.tracks.screen = isOn ? canvas.captureStream(20).getVideoTracks()[0] : null;
    a.peer.replace("screen");
    if (isOn) await until(async () => (await b.framesDecoded("screen")) > 2, "the screen");
    clearInterval(painting);
  },

  async talk() {
    const chat = { type: "chat", id: "x-1", count: 1, text: "Hello", at: 1 };
    await until(() => a.peer.send(chat), "an open channel");
    await until(() => b.peer.send({ ...chat, id: "y-1" }), "an open channel");
    await until(() => a.messages.length > 0 && b.messages.length > 0, "messages");
    return [a.messages, b.messages];
  },

  facts: () => [a.facts(), b.facts()],
  offers: () => [...a.way.types, ...b.way.types].filter((type) => type === "offer").length,
  streams: () =>
    [a, b].map((end) =>
      [...end.pc.remoteDescription.sdp.matchAll(/a=msid:(\S+)/g)].map(([, id]) => id),
    ),
  remote: () => [a.pc.remoteDescription.sdp, b.pc.remoteDescription.sdp],
};
document.title = "ready";
