import { on, part } from "../lib/dom.js";
import { Call } from "./call.js";
import { Door } from "./ui/door.js";
import { DeviceMenu } from "./ui/menus.js";
import { Stage } from "./ui/stage.js";
import { Toolbar } from "./ui/toolbar.js";

/**
 * @typedef {object} Surroundings What stands around the stage.
 * @property {import("./ui/chat_panel.js").ChatPanel} chat
 * @property {import("./ui/panels.js").Panels} panels
 * @property {import("./ui/order/order.js").Order} order
 * @property {import("./ui/notices.js").Notices} notices
 * @property {import("./ui/invite.js").Invite} invite
 * @property {import("./ui/sizes.js").Sizes} sizes
 * @property {import("./ui/connections.js").Connections} connections
 */

/** From one attempt to fetch the surroundings to the next. */
const FETCH_AGAIN_MS = 2000;
/** Buttons that do nothing before the surroundings are there. */
const LATE = ["chat", "people", "invite", "alone-invite", "copy", "more-connections"];

/** @type {import("./state.js").PageData} */
const page = JSON.parse(document.getElementById("call-data")?.textContent ?? "null");
const call = new Call(page);

const { signal } = new AbortController();
const doorPage = part(document, "door-page");
const root = part(document, "call");

/** @type {Surroundings|null} */
let around = null;

const door = new Door(doorPage, call, page, signal);
const devices = new DeviceMenu(root, call, signal);
const toolbar = new Toolbar(
  root,
  call,
  {
    devices,
    showPeople: () => around?.panels.toggle("people"),
    invite: (anchor) => around?.invite.open(anchor),
  },
  signal,
);
const stage = new Stage(root, { showPeople: () => around?.panels.toggle("people") }, signal);

/** What is written counts as read while the chat is open in a tab that can be seen. */
function readChat() {
  call.readChat(around?.panels.open === "chat" && !document.hidden);
}

/**
 * The door does without the surroundings, so that it is there sooner; they come with the first picture of the call,
 * since the server may be away later. A button that was pressed before is pressed again then, and what was said is said.
 */
async function surround() {
  const fetched = new AbortController();
  /** @type {HTMLElement|null} */
  let pressed = null;
  let said = "";
  call.on(
    "announce",
    (words) => {
      said = words;
    },
    { signal: fetched.signal },
  );
  on(
    root,
    "click",
    ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button && LATE.includes(button.dataset.part ?? "")) pressed = button;
    },
    { signal: fetched.signal },
  );
  const [
    { ChatPanel },
    { Panels },
    { Notices },
    { Invite },
    { Sizes },
    { Viewing },
    { Connections, tileWords },
    { Order },
    { Upkeep },
  ] = await insist(parts);
  call.tend(Upkeep);
  fetched.abort();
  const chat = new ChatPanel(root, call, signal);
  const panels = new Panels(
    root,
    (open) => {
      readChat();
      if (open === "chat") chat.opened();
      paint();
    },
    signal,
  );
  const notices = new Notices(root, call, { readChat: () => panels.toggle("chat") }, signal);
  const invite = new Invite(root, page, (words) => notices.say(words), signal);
  new Viewing(root, call, stage, signal);
  const sizes = new Sizes(root, call, stage, signal);
  stage.explain = tileWords;
  const connections = new Connections(root, call, { panels, stage, notices }, signal);
  const order = new Order(root, call, page, { panels, stage, notices }, signal);
  around = { chat, panels, order, notices, invite, sizes, connections };
  paint();
  if (said) notices.say(said);
  /** @type {HTMLElement|null} */ (pressed)?.click();
}

function parts() {
  return Promise.all([
    import("./ui/chat_panel.js"),
    import("./ui/panels.js"),
    import("./ui/notices.js"),
    import("./ui/invite.js"),
    import("./ui/sizes.js"),
    import("./ui/viewing.js"),
    import("./ui/connections.js"),
    import("./ui/order/order.js"),
    import("./upkeep/upkeep.js"),
    // For the end of the call, when there may be no server to fetch it from.
    import("./ui/threshold.js"),
  ]);
}

/**
 * Tried until they have come: the call itself goes on without the server.
 *
 * @template T
 * @param {() => Promise<T>} load
 */
async function insist(load) {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      // What a browser throws when a module could not be fetched; anything else is a mistake in one.
      if (!(error instanceof TypeError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, FETCH_AGAIN_MS));
    }
  }
}

/** At the door; with a fault of a device as well, more is to be said than most ever need. */
const UNUSUAL = ["knocking", "turned-away", "refused"];
/** @type {import("./ui/threshold.js").Threshold|null|undefined} Undefined: it was not needed yet. */
let threshold;

async function showMore() {
  const { phase, faults } = call.state;
  if (threshold === undefined) {
    if (!UNUSUAL.includes(phase) && !faults.microphone && !faults.camera) return;
    threshold = null;
    const { Threshold } = await insist(() => import("./ui/threshold.js"));
    threshold = new Threshold(doorPage, call, signal);
  }
  threshold?.render(call.state);
}

/** A page that was reloaded in a call goes in by itself and comes back without the door. */
let isBack = call.state.phase === "joining";

function isInCall() {
  const { phase } = call.state;
  return phase === "joined" || (phase === "joining" && (isBack || !root.hidden));
}

let isSurrounded = false;

function paint() {
  const { state } = call;
  if (state.phase === "left") {
    location.assign(page.leftUrl);
    return;
  }
  isBack &&= state.phase === "joining";
  const inCall = isInCall();
  const isEntering = inCall && root.hidden;
  if (isEntering) {
    doorPage.hidden = true;
    root.hidden = false;
    door.hide();
  } else if (!inCall && doorPage.hidden) {
    doorPage.hidden = false;
    root.hidden = true;
  }
  if (!inCall) {
    // First: what cannot be seen takes no focus.
    doorPage.dataset.ready = "";
    door.render(state);
    showMore();
    return;
  }
  stage.render(state);
  toolbar.render(state);
  around?.chat.render(state);
  around?.order.render(state);
  around?.invite.render(state);
  around?.notices.render(state);
  around?.sizes.render();
  around?.connections.render(state);
  part(root, "title").textContent = state.room.name;
  // After the frame, since it lays the page out once more.
  if (isEntering) setTimeout(() => part(root, "stage").focus({ preventScroll: true }));
  if (state.phase === "joined" && !isSurrounded) {
    isSurrounded = true;
    surround();
  }
  const { unread } = state.chat;
  document.title = `${unread > 0 ? `(${unread}) ` : ""}${state.room.name} · ${page.siteName}`;
}

let isPainting = false;

/** Signalling first: the page is painted with the next frame, or by a timer where a hidden tab has no frames. */
function paintSoon() {
  if (isPainting) return;
  isPainting = true;
  const now = () => {
    isPainting = false;
    paint();
  };
  if (document.hidden) setTimeout(now);
  else requestAnimationFrame(now);
}

call.on("change", paintSoon, { signal });
call.on(
  "level",
  ({ seat, level }) => {
    if (isInCall()) stage.level(seat, level);
    else if (seat === "own") door.level(level);
  },
  { signal },
);
document.addEventListener("visibilitychange", () => {
  readChat();
  isPainting = false;
  paintSoon();
});
setInterval(() => {
  if (!isInCall()) return;
  toolbar.tick(call.state);
  if (call.state.people.some(({ connection }) => connection === "lost")) stage.render(call.state);
}, 1000);

paint();
