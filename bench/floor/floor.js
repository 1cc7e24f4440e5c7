// The floor: plain RTCPeerConnections, one WebSocket relay, no interface. It is written to
// be quick: devices and socket open at the same time, one bundled transport per pair,
// candidates trickle, the newcomer offers, the answer goes out at once.

const auto = location.hash === "#auto";
const peers = new Map();

function open(socket) {
  return new Promise((resolve) => {
    socket.onopen = resolve;
  });
}

function show(stream) {
  const video = document.createElement("video");
  video.autoplay = true;
  video.muted = true;
  video.width = 320;
  video.srcObject = stream;
  document.body.append(video);
}

const socket = new WebSocket(`ws://${location.host}/relay`);
const send = (message) => socket.send(JSON.stringify(message));
const [own] = await Promise.all([
  navigator.mediaDevices.getUserMedia({ audio: true, video: true }),
  open(socket),
]);

function connect(to) {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  peers.set(to, peer);
  peer.onicecandidate = ({ candidate }) => send({ type: "candidate", to, candidate });
  peer.ontrack = ({ track, streams: [stream] }) => {
    if (track.kind === "video") show(stream);
    else new Audio().srcObject = stream;
  };
  for (const track of own.getTracks()) peer.addTrack(track, own);
  return peer;
}

socket.onmessage = async ({ data }) => {
  const { type, from, people, description, candidate } = JSON.parse(data);
  if (type === "welcome") {
    for (const person of people) {
      const peer = connect(person);
      peer.setLocalDescription().then(() => {
        send({ type: "description", to: person, description: peer.localDescription });
      });
    }
  } else if (type === "description") {
    const peer = peers.get(from) ?? connect(from);
    await peer.setRemoteDescription(description);
    if (description.type === "offer") {
      await peer.setLocalDescription();
      send({ type: "description", to: from, description: peer.localDescription });
    }
  } else if (type === "candidate") {
    await peers.get(from)?.addIceCandidate(candidate ?? undefined);
  } else if (type === "left") {
    peers.get(from)?.close();
    peers.delete(from);
  }
};

show(own);
if (auto) send({ type: "join" });
else document.querySelector("button").onclick = () => send({ type: "join" });
document.body.dataset.ready = "";
