// One WebSocket client on a bare TCP socket (RFC 6455): as little work as can be, so that
// the server is always what is measured. Text frames that are whole, in ASCII, only.

import { randomBytes } from "node:crypto";
import net from "node:net";

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const MASKED = 0x80;
// One mask for all frames; what a server does to take it off is the same for each.
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const ALIGNMENTS = 4;

/**
 * @param {Buffer} bytes
 * @param {number} offset where in the frame's payload they begin
 */
function mask(bytes, offset) {
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] =
      /** @type {number} */ (bytes[index]) ^ /** @type {number} */ (MASK[(offset + index) & 3]);
}

/** What many frames end with, masked once. */
export class Tail {
  /**
   * @param {string} text
   * @param {number} [verbatim] from where on it has to arrive as it was sent
   */
  constructor(text, verbatim = text.length) {
    this.length = text.length;
    this.verbatim = Buffer.from(text.slice(verbatim), "latin1");
    this.masked = Array.from({ length: ALIGNMENTS }, (_, offset) => {
      const bytes = Buffer.from(text, "latin1");
      mask(bytes, offset);
      return bytes;
    });
  }

  /**
   * Whether a frame that came ends as it has to.
   * @param {Buffer} text
   */
  ends(text) {
    const { verbatim } = this;
    return verbatim.equals(text.subarray(Math.max(0, text.length - verbatim.length)));
  }
}

/**
 * The head of a masked frame.
 * @param {number} opcode
 * @param {number} length
 */
function header(opcode, length) {
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const bytes = Buffer.allocUnsafe(2 + extra + 4);
  bytes[0] = FIN | opcode;
  bytes[1] = MASKED | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) bytes.writeUInt16BE(length, 2);
  if (extra === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  MASK.copy(bytes, 2 + extra);
  return bytes;
}

export class Wire {
  /** @type {() => void} */
  onopen = () => {};
  /** @type {(text: Buffer) => void} */
  ontext = () => {};
  /** @type {(code: number) => void} */
  onclose = () => {};
  #socket;
  #shaken = false;
  /** @type {Buffer | null} */
  #pending = null;
  #code = 1006;

  /**
   * @param {number} port
   * @param {string} path
   * @param {Record<string, string>} headers
   */
  constructor(port, path, headers) {
    this.#socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("connect", () => {
      const lines = Object.entries({
        Host: `localhost:${port}`,
        Upgrade: "websocket",
        Connection: "Upgrade",
        "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
        "Sec-WebSocket-Version": "13",
        ...headers,
      }).map(([name, value]) => `${name}: ${value}\r\n`);
      this.#socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    });
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.onclose(this.#code));
  }

  /**
   * @param {string} head
   * @param {Tail} [tail]
   */
  send(head, tail) {
    const bytes = Buffer.from(head, "latin1");
    mask(bytes, 0);
    this.#socket.cork();
    this.#socket.write(header(TEXT, bytes.length + (tail?.length ?? 0)));
    this.#socket.write(bytes);
    if (tail !== undefined)
      this.#socket.write(/** @type {Buffer} */ (tail.masked[bytes.length % ALIGNMENTS]));
    this.#socket.uncork();
  }

  /** A clean goodbye, as of a tab that is closed. */
  close() {
    const bytes = Buffer.from([0x03, 0xe9]);
    mask(bytes, 0);
    this.#socket.end(Buffer.concat([header(CLOSE, bytes.length), bytes]));
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    let bytes = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = null;
    if (!this.#shaken) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) {
        this.#pending = bytes;
        return;
      }
      const status = bytes.toString("latin1", 0, bytes.indexOf("\r\n"));
      if (!status.includes(" 101 ")) throw new Error(`The handshake was refused: ${status}`);
      this.#shaken = true;
      bytes = bytes.subarray(end + 4);
      this.onopen();
    }
    let at = 0;
    while (bytes.length - at >= 2) {
      const first = /** @type {number} */ (bytes[at]);
      let length = /** @type {number} */ (bytes[at + 1]);
      let start = at + 2;
      if (length === 126) {
        if (bytes.length - at < 4) break;
        length = bytes.readUInt16BE(start);
        start += 2;
      } else if (length === 127) {
        if (bytes.length - at < 10) break;
        length = Number(bytes.readBigUInt64BE(start));
        start += 8;
      }
      if (bytes.length - start < length) break;
      this.#take(first & 0x0f, bytes.subarray(start, start + length));
      at = start + length;
    }
    if (at < bytes.length) this.#pending = bytes.subarray(at);
  }

  /**
   * @param {number} opcode
   * @param {Buffer} payload
   */
  #take(opcode, payload) {
    if (opcode === TEXT) this.ontext(payload);
    else if (opcode === CLOSE) this.#code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    else if (opcode === PING) {
      const bytes = Buffer.from(payload);
      mask(bytes, 0);
      this.#socket.write(Buffer.concat([header(PONG, bytes.length), bytes]));
    }
  }
}
