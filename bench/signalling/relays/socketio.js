// A signalling server as tutorials for socket.io have it. `node socketio.js PORT`.

import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer();
const io = new Server(server);

io.on("connection", (socket) => {
  let room = "";

  socket.on("join", (name) => {
    room = name;
    socket.emit("welcome", {
      id: socket.id,
      people: [...(io.sockets.adapter.rooms.get(room) ?? [])],
    });
    socket.join(room);
    socket.to(room).emit("joined", { id: socket.id });
  });

  socket.on("signal", ({ to, ...rest }) => {
    const other = io.sockets.sockets.get(to);
    if (other?.rooms.has(room)) other.emit("signal", { from: socket.id, ...rest });
  });

  socket.on("disconnect", () => {
    io.to(room).emit("left", { id: socket.id });
  });
});

server.listen(Number(process.argv[2]), "127.0.0.1");
