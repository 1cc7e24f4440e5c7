// PeerServer as it comes. `node peerserver.js PORT`.

import { PeerServer } from "peer";

PeerServer({ host: "127.0.0.1", port: Number(process.argv[2]), path: "/" });
