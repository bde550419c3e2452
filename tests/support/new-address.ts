import { randomInt } from "node:crypto";

/** A client's address that nobody has called from yet, for the header of a trusted proxy: its budgets are untouched. */
export const newAddress = () => `10.${Array.from({ length: 3 }, () => randomInt(256)).join(".")}`;
