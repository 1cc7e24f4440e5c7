import { part } from "../lib/dom.js";
import { Call } from "./call.js";
import { ChatPanel } from "./ui/chat_panel.js";
import { Door } from "./ui/door.js";
import { Invite } from "./ui/invite.js";
import { DeviceMenu } from "./ui/menus.js";
import { Notices } from "./ui/notices.js";
import { Panels, PeoplePanel } from "./ui/panels.js";
import { Stage } from "./ui/stage.js";
import { Toolbar } from "./ui/toolbar.js";

/** @type {import("./state.js").PageData} */
const page = JSON.parse(document.getElementById("call-data")?.textContent ?? "null");
const call = new Call(page);

const { signal } = new AbortController();
const doorPage = part(document, "door-page");
const root = part(document, "call");

const door = new Door(doorPage, call, page, signal);
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
const devices = new DeviceMenu(root, call, signal);
const toolbar = new Toolbar(root, call, { devices, panels, invite }, signal);
const people = new PeoplePanel(root);
const stage = new Stage(root, { showPeople: () => panels.toggle("people") }, signal);

/** What is written counts as read while the chat is open in a tab that can be seen. */
function readChat() {
  call.readChat(panels.open === "chat" && !document.hidden);
}

/** A page that was reloaded in a call goes in by itself and comes back without the door. */
const isBack = call.state.phase === "joining";

function isInCall() {
  const { phase } = call.state;
  return phase === "joined" || (phase === "joining" && (isBack || !root.hidden));
}

function paint() {
  const { state } = call;
  if (state.phase === "left") {
    location.assign(page.leftUrl);
    return;
  }
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
    door.render(state);
    doorPage.dataset.ready = "";
    return;
  }
  stage.render(state);
  toolbar.render(state);
  chat.render(state);
  people.render(state);
  invite.render(state);
  notices.render(state);
  part(root, "title").textContent = state.room.name;
  // After the frame, since it lays the page out once more.
  if (isEntering) setTimeout(() => part(root, "stage").focus({ preventScroll: true }));
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
