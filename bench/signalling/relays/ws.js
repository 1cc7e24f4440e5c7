// The floor: a bare `ws` relay of rooms. `node ws.js PORT`.

import { WebSocketServer } from "ws";

/** @type {Map<string, Map<number, import("ws").WebSocket>>} */
const rooms = new Map();
let number = 0;

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]) });

server.on("connection", (socket) => {
  const id = ++number;
  /** @type {Map<number, import("ws").WebSocket>} */
  let inside = new Map();
  socket.on("message", (text) => {
    const message = JSON.parse(String(text));
    if (message.type === "join") {
      inside = rooms.get(message.room) ?? inside;
      rooms.set(message.room, inside);
      socket.send(JSON.stringify({ type: "welcome", id, people: [...inside.keys()] }));
      tell({ type: "joined", id });
      inside.set(id, socket);
      return;
    }
    const { to, ...rest } = message;
    inside.get(to)?.send(JSON.stringify({ from: id, ...rest }));
  });
  socket.on("close", () => {
    inside.delete(id);
    tell({ type: "left", id });
  });

  /** @param {object} message */
  function tell(message) {
    const text = JSON.stringify(message);
    for (const other of inside.values()) other.send(text);
  }
});
