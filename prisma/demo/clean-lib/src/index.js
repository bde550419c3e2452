export { parseWeek } from "./parse-week.js";
export { isOpen, nextChange } from "./query.js";
export { formatWeek } from "./format-week.js";
