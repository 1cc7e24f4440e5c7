// One measurement of one server: `node main.js JOB.json` prints its figures as JSON.

import { readFileSync } from "node:fs";
import { House } from "./house.js";
import { Books } from "./member.js";
import { WORKLOADS } from "./workloads.js";

/**
 * @typedef {object} Job
 * @property {string} workload
 * @property {string} speaker
 * @property {number[]} ports of the processes that serve
 * @property {number[]} groups process groups whose CPU time counts
 * @property {string} origin
 * @property {boolean} together do candidates go together in `rooms`?
 * @property {import("./allowance.js").Rates} rates
 * @property {number} seconds of a flood or a calm
 * @property {import("./speakers.js").Place[]} places four to a room
 */

/** @type {Job} */
const job = JSON.parse(readFileSync(/** @type {string} */ (process.argv[2]), "utf8"));
const work = WORKLOADS[job.workload];
if (work === undefined) throw new Error(`There is no workload ${job.workload}`);

const books = new Books();
const house = new House(job, books);
const figures = await work(house).catch((/** @type {Error} */ fault) => {
  // What had gone wrong by then is why.
  fault.message += `: ${JSON.stringify(books)}`;
  throw fault;
});
house.empty();
const { remarks, ...faults } = books;
process.stdout.write(`${JSON.stringify({ figures, faults, remarks })}\n`);
process.exit(0);
