// Notes when each packet of a pair's media was received: the transform of every receiver
// runs here, so that a page that is busy delays no clock. `receiveTime` is the moment at
// which the network handed the packet over, for a picture the last of its packets.
const streams = new Map();
const KEPT = 200_000;

self.onrtctransform = ({ transformer: { readable, writable, options } }) => {
  const times = [];
  streams.set(options.name, times);
  const note = new TransformStream({
    transform(frame, controller) {
      const { receiveTime } = frame.getMetadata();
      times.push(performance.timeOrigin + receiveTime);
      if (times.length > KEPT) times.splice(0, KEPT / 2);
      controller.enqueue(frame);
    },
  });
  // A connection that is closed ends its streams with an error; what came by then counts.
  readable
    .pipeThrough(note)
    .pipeTo(writable)
    .catch(() => undefined);
};

/** The longest time without a packet between two moments, the edges included. */
function worst(times, from, to) {
  let last = from;
  let gap = 0;
  let count = 0;
  for (const time of times) {
    if (time <= from) continue;
    if (time > to) break;
    gap = Math.max(gap, time - last);
    last = time;
    count += 1;
  }
  return { gap: Math.max(gap, to - last), count };
}

self.onmessage = ({ data: { question, from, to } }) => {
  const answer = [...streams].map(([name, times]) => ({ name, ...worst(times, from, to) }));
  postMessage({ question, answer });
};
