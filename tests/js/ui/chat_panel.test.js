import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeElement, install } from "./fake_dom.js";

install();
const { ChatPanel } = await import("../../../static/js/call/ui/chat_panel.js");

function open() {
  const root = new FakeElement();
  const sent = [];
  const call = /** @type {any} */ ({ send: (text) => sent.push(text) });
  const panel = new ChatPanel(/** @type {any} */ (root), call, new AbortController().signal);
  const chat = root.part("chat-panel");
  return { panel, chat, sent };
}

const stateOf = (messages, { forbidden = [], hushed = [], keepsChat = false } = {}) =>
  /** @type {any} */ ({
    chat: { messages },
    room: { keepsChat },
    own: { forbidden },
    order: { hushed },
  });

const message = (text, at) => ({ id: text, seat: "B", name: "Bela", text, at, own: false });

test("a time that is none hides no message", () => {
  const { panel, chat } = open();
  const times = [0, Number.MAX_SAFE_INTEGER, 8.64e15, Number.NaN];
  const messages = times.map((at) => message(`at ${at}`, at));
  panel.render(stateOf(messages));
  const shown = chat.part("log").children;
  assert.deepEqual(
    shown.map((element) => element.part("text").textContent),
    messages.map(({ text }) => text),
  );
  assert.deepEqual(
    shown.map((element) => element.part("time").textContent !== ""),
    [true, false, true, false],
  );
});

test("Enter sends, but not the one that ends a composition", () => {
  const { chat, sent } = open();
  const box = chat.part("message");
  const press = (more) => {
    box.value = "word";
    const key = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13, ...more };
    box.dispatchEvent(Object.assign(new Event("keydown"), key));
  };
  press({ isComposing: true });
  press({ keyCode: 229 });
  press({ shiftKey: true });
  press({ key: "a" });
  assert.deepEqual(sent, []);
  press({});
  assert.deepEqual(sent, ["word"]);
});

test("what is on its way says so, and so does what was not kept, or not sent", () => {
  for (const [keepsChat, words] of /** @type {const} */ ([
    [true, "Not kept"],
    [false, "Not sent"],
  ])) {
    const { panel, chat } = open();
    const states = ["sending", "sent", "refused"];
    const show = (messages) => panel.render(stateOf(messages, { keepsChat }));
    show(states.map((state) => ({ ...message(state, 1), state: "sending" })));
    show(states.map((state) => ({ ...message(state, 1), state })));
    const [sending, sent, refused] = chat.part("log").children.map((each) => each.part("state"));
    assert.deepEqual([sending.hidden, sent.hidden, refused.hidden], [false, true, false]);
    assert.equal(refused.textContent, words);
    assert.notEqual(sending.textContent, words);
  }
});

test("what somebody hushed writes is not shown, and is there again when they are not", () => {
  const { panel, chat } = open();
  const messages = [message("one", 1), { ...message("two", 2), seat: "C" }];
  const shown = (hushed) => {
    panel.render(stateOf(messages, { hushed }));
    return chat.part("log").children.map((element) => element.part("text").textContent);
  };
  assert.deepEqual(shown(["B"]), ["two"]);
  assert.equal(chat.part("empty").hidden, true);
  assert.deepEqual(shown([]), ["one", "two"]);
});

test("who may not write is told so and sends nothing, and keeps what was begun", () => {
  const { panel, chat, sent } = open();
  const box = chat.part("message");
  box.value = "half a sen";
  const send = () => chat.part("chat-form").dispatchEvent(new Event("submit"));
  panel.render(stateOf([], { forbidden: ["chat"] }));
  send();
  assert.deepEqual(sent, []);
  assert.equal(chat.part("chat-barred").hidden, false);
  assert.equal(chat.part("send").disabled, true);
  panel.render(stateOf([]));
  assert.equal(chat.part("chat-barred").hidden, true);
  send();
  assert.deepEqual(sent, ["half a sen"]);
});
