// Runs before every page of the lab, after the probe: when connections came about, and by
// which candidates.
(() => {
  const connected = [];
  const Probed = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Probed {
    constructor(...words) {
      super(...words);
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") connected.push(Date.now());
      });
    }
  };

  async function path(connection) {
    const report = await connection.getStats();
    for (const part of report.values()) {
      if (part.type !== "transport" || !part.selectedCandidatePairId) continue;
      const pair = report.get(part.selectedCandidatePairId);
      const local = report.get(pair.localCandidateId);
      const remote = report.get(pair.remoteCandidateId);
      return {
        local: local.candidateType,
        remote: remote.candidateType,
        protocol: local.protocol,
        relay_protocol: local.relayProtocol ?? "",
        address: local.address ?? "",
        remote_address: remote.address ?? "",
      };
    }
    return null;
  }

  window.paths = {
    /** When connections were established, in milliseconds since 1970. */
    connected,
    /** The path of every connection that is up. */
    async all() {
      const up = probe.connections.filter((one) => one.connectionState === "connected");
      return Promise.all(up.map(path));
    },
    /** Samples of sound that came in on all connections, and how many had to be made up. */
    async sound() {
      const sum = { received: 0, concealed: 0 };
      const up = probe.connections.filter((one) => one.connectionState === "connected");
      for (const report of await Promise.all(up.map((one) => one.getStats()))) {
        for (const part of report.values()) {
          if (part.type !== "inbound-rtp" || part.kind !== "audio") continue;
          sum.received += part.totalSamplesReceived ?? 0;
          sum.concealed += (part.concealedSamples ?? 0) - (part.silentConcealedSamples ?? 0);
        }
      }
      return sum;
    },
    /** All candidates of all connections that are not closed. */
    async candidates() {
      const open = probe.connections.filter((one) => one.connectionState !== "closed");
      const reports = await Promise.all(open.map((one) => one.getStats()));
      return reports
        .flatMap((report) => [...report.values()])
        .filter(({ type }) => type.endsWith("-candidate"))
        .map(({ type, candidateType, protocol, relayProtocol, address, port, url }) => ({
          type,
          candidateType,
          protocol,
          relayProtocol,
          address,
          port,
          url,
        }));
    },
  };
})();
