// Plain JavaScript, because it has to run on a Node too old for the TypeScript beside it: it says what is wrong with
// the installation before anything else fails with a puzzle. `npm` puts node_modules/.bin first in the PATH, so its
// scripts run on the Node 24 that the package "node" brings, whatever Node started npm.
import { existsSync } from "node:fs";

const WANTED = 24;
const major = Number(process.versions.node.split(".")[0]);

if (major < WANTED) {
  const brought = existsSync(new URL("../node_modules/node/bin/node", import.meta.url));
  console.error(
    brought
      ? `This is Node ${process.versions.node}, and the project runs on the Node ${WANTED} in node_modules. Start it through npm (npm start, npm run …), not with node itself.`
      : `This is Node ${process.versions.node}, and the project needs Node ${WANTED}. npm brings it along, but its install script did not run. Run "npm install" again without --ignore-scripts, or install Node ${WANTED} yourself.`,
  );
  process.exit(1);
}
