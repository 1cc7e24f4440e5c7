// The edge of the browser, where Node has none.

/** Time that passes when it is told to. */
export class FakeClock {
  #now = 1_795_000_000_000;
  /** @type {{at: number, act: () => void}[]} */
  #due = [];

  now = () => this.#now;

  after = (milliseconds, act) => {
    const entry = { at: this.#now + milliseconds, act };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((each) => each !== entry);
    };
  };

  every = (milliseconds, act) => {
    let cancel = () => {};
    const again = () => {
      cancel = this.after(milliseconds, () => {
        again();
        act();
      });
    };
    again();
    return () => cancel();
  };

  /** Milliseconds until the next thing is due; null: nothing is. */
  get next() {
    return this.#due.length ? Math.min(...this.#due.map(({ at }) => at)) - this.#now : null;
  }

  /** Time passes in which no timer runs, as in a laptop that is shut. */
  sleep(milliseconds) {
    this.#now += milliseconds;
  }

  /** Somebody sets the clock, which no timer takes notice of. */
  setBack(milliseconds) {
    this.#now -= milliseconds;
    for (const entry of this.#due) entry.at -= milliseconds;
  }

  /** Lets promises that are ready go on, before and after each thing that is due. */
  async pass(milliseconds) {
    const end = this.#now + milliseconds;
    await settle();
    for (;;) {
      const [first] = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!first) break;
      this.#due = this.#due.filter((each) => each !== first);
      this.#now = Math.max(this.#now, first.at);
      first.act();
      await settle();
    }
    this.#now = end;
  }
}

/** Everything that waits for promises alone has gone on. */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Every socket a page opened, in order; the test is the server. */
export class FakeSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 3;
  /** @type {FakeSocket[]} */
  static all = [];
  readyState = 0;
  /** @type {Record<string, any>[]} */
  sent = [];

  constructor(url) {
    super();
    this.url = url;
    FakeSocket.all.push(this);
  }

  static get last() {
    return FakeSocket.all.at(-1);
  }

  send(frame) {
    this.sent.push(JSON.parse(frame));
  }

  close() {
    this.readyState = FakeSocket.CLOSED;
  }

  // What the server does.

  open() {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event("open"));
    return this;
  }

  say(message) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }

  hangUp(code) {
    this.readyState = FakeSocket.CLOSED;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

export class FakeTrack extends EventTarget {
  enabled = true;
  readyState = "live";
  contentHint = "";

  constructor(kind, label = kind) {
    super();
    this.kind = kind;
    this.label = label;
  }

  stop() {
    this.readyState = "ended";
  }

  clone() {
    return new FakeTrack(this.kind, this.label);
  }
}

export class FakeStream {
  #tracks;
  id = crypto.randomUUID();

  constructor(tracks = []) {
    this.#tracks = [...tracks];
  }

  getTracks() {
    return [...this.#tracks];
  }

  getAudioTracks() {
    return this.#tracks.filter(({ kind }) => kind === "audio");
  }

  getVideoTracks() {
    return this.#tracks.filter(({ kind }) => kind === "video");
  }

  addTrack(track) {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }

  removeTrack(track) {
    this.#tracks = this.#tracks.filter((each) => each !== track);
  }
}

/** A seeded source of randomness, so that a failing round can be played again (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
