// What is measured: each workload fills the server of its own and says numbers.

import { Allowance } from "./allowance.js";
import { Exchanges } from "./exchanges.js";
import { PEOPLE, pause, turn } from "./house.js";
import { cpuSeconds, residentKb } from "./server.js";

/** @typedef {import("./house.js").House} House */
/** @typedef {import("./house.js").Room} Room */
/** @typedef {import("./member.js").Member} Member */
/** @typedef {Record<string, number>} Figures */

const WARM_ROOMS = 12;
const ROOMS_AT_ONCE = 4;
const WARM_MS = 1000;
const SETTLE_MS = 3000;
const RATE = 400;
const THROTTLED_MS = 20;
const LAST_MS = 10_000;
const PATIENCE_MS = 90_000;

/** What is sent in turn where nobody answers: as many of each as in an exchange. */
const KINDS = /** @type {const} */ ([
  ["offer", 0],
  ["candidates", 0],
  ["answer", 0],
  ["candidates", 1],
]);

/**
 * @template T
 * @param {Promise<T>} fact
 * @param {string} what
 * @returns {Promise<T>}
 */
function inTime(fact, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: not in time`)), PATIENCE_MS);
    fact.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Whole rooms: everybody connects, joins, learns of the others, signals with each.
 * @param {House} house
 * @returns {Promise<Figures>}
 */
async function rooms(house) {
  const { groups, together } = house.job;
  const exchanges = new Exchanges(house.members, together);
  const waiting = [...house.rooms];

  /** @param {Room} room */
  const setUp = async (room) => {
    for (const [index, member] of room.members.entries()) {
      await house.enter(member);
      const before = room.members.slice(0, index);
      while (before.some((each) => !each.known.has(member.id))) await turn();
      await Promise.all(before.map((each) => exchanges.run(member, each)));
    }
  };
  /** @param {number} last */
  const work = async (last) => {
    while (waiting.length > last) {
      const room = waiting.shift();
      if (room !== undefined) await setUp(room);
    }
  };
  /** @param {number} last */
  const many = (last) => Promise.all(Array.from({ length: ROOMS_AT_ONCE }, () => work(last)));

  await inTime(many(house.rooms.length - WARM_ROOMS), "the first rooms");
  const before = cpuSeconds(groups);
  const began = performance.now();
  await inTime(many(0), "all rooms");
  const count = house.rooms.length - WARM_ROOMS;
  return {
    roomCpuMs: ((cpuSeconds(groups) - before) * 1000) / count,
    roomsPerSecond: count / ((performance.now() - began) / 1000),
  };
}

/**
 * As many signals as the server can take, one exchange at a time in each room.
 * @param {House} house
 * @returns {Promise<Figures>}
 */
async function flood(house) {
  const { groups, rates, seconds } = house.job;
  const exchanges = new Exchanges(house.members, true);
  const allowance = new Allowance(rates);
  let over = false;

  /** @param {Room} room */
  const chatter = async (room) => {
    for (let round = 0; !over; round += 1) {
      const [one, other] = pair(room, round);
      if (allowance.take(one, other)) await exchanges.run(one, other);
      else await pause(THROTTLED_MS);
    }
  };
  const all = house.rooms.map(chatter);
  await pause(WARM_MS);
  const { books } = house;
  const before = { cpu: cpuSeconds(groups), arrived: books.arrived, at: performance.now() };
  await pause(seconds * 1000);
  const cpu = cpuSeconds(groups) - before.cpu;
  const arrived = books.arrived - before.arrived;
  const passed = (performance.now() - before.at) / 1000;
  over = true;
  await Promise.race([Promise.all(all), pause(LAST_MS)]);
  return { relayedPerCpu: arrived / cpu, relayedPerSecond: arrived / passed, busy: cpu / passed };
}

/**
 * @param {Room} room
 * @param {number} round
 * @returns {[Member, Member]}
 */
function pair({ members }, round) {
  const one = members[round % PEOPLE];
  const other = members[(round + 1 + (Math.floor(round / PEOPLE) % (PEOPLE - 1))) % PEOPLE];
  return /** @type {[Member, Member]} */ ([one, other]);
}

/**
 * 400 signals a second, evenly, and how long each took.
 * @param {House} house
 * @param {string} prefix of the figures' names
 * @returns {Promise<Figures>}
 */
async function latency(house, prefix) {
  /** @type {Map<string, number>} */
  const sent = new Map();
  /** @type {number[]} */
  const took = [];
  for (const member of house.members)
    member.onsignal = ({ epoch, number }) => {
      const key = `${epoch} ${number}`;
      const at = sent.get(key);
      if (at === undefined) return;
      sent.delete(key);
      took.push(performance.now() - at);
    };
  const began = performance.now();
  const end = began + house.job.seconds * 1000;
  let number = 0;
  for (let now = began; now < end; now = performance.now()) {
    for (; began + (number * 1000) / RATE <= now; number += 1) {
      const room = /** @type {Room} */ (house.rooms[(number * 7) % house.rooms.length]);
      const [one, other] = pair(room, Math.floor(Math.random() * 12));
      const [kind, which] = /** @type {typeof KINDS[number]} */ (KINDS[number % KINDS.length]);
      const at = performance.now();
      const signal = one.signal(other, kind, which);
      sent.set(`${signal.epoch} ${signal.number}`, at);
    }
    await pause(1);
  }
  const last = performance.now() + LAST_MS;
  while (sent.size > 0 && performance.now() < last) await pause(5);
  took.sort((one, other) => one - other);
  /** @param {number} share */
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { [`${prefix}P50`]: at(0.5), [`${prefix}P99`]: at(0.99), [`${prefix}Max`]: at(1) };
}

/**
 * @param {House} house
 * @returns {Promise<Figures>}
 */
async function fill(house) {
  const { groups } = house.job;
  const before = { cpu: cpuSeconds(groups), at: performance.now() };
  await inTime(house.fill(), "everybody's joining");
  const count = house.members.length;
  return {
    joinCpuMs: ((cpuSeconds(groups) - before.cpu) * 1000) / count,
    joinsPerSecond: count / ((performance.now() - before.at) / 1000),
  };
}

/**
 * @param {House} house
 * @returns {Promise<Figures>}
 */
async function crowd(house) {
  await fill(house);
  return flood(house);
}

/**
 * What a socket that says nothing costs, how fast signals pass such sockets, a flood.
 * @param {House} house
 * @returns {Promise<Figures>}
 */
async function thousand(house) {
  const { groups } = house.job;
  const before = residentKb(groups);
  const joins = await fill(house);
  await pause(SETTLE_MS);
  const socketKb = (residentKb(groups) - before) / house.members.length;
  const cpu = cpuSeconds(groups);
  await pause(SETTLE_MS);
  const idle = (cpuSeconds(groups) - cpu) / (SETTLE_MS / 1000);
  const calm = await latency(house, "calm");
  return { ...joins, socketKb, idle, ...calm, ...(await flood(house)) };
}

/**
 * Latency while the server is still out of breath.
 * @param {House} house
 * @returns {Promise<Figures>}
 */
async function storm(house) {
  const joins = await fill(house);
  return { ...joins, ...(await latency(house, "storm")) };
}

/** @type {Record<string, (house: House) => Promise<Figures>>} */
export const WORKLOADS = { rooms, crowd, thousand, storm };
