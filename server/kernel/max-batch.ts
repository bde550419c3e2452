/** Calls that the dashboard sends in one request; its client splits what is more, and the server refuses it. */
export const MAX_BATCH = 10;
