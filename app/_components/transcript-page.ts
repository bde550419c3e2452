/** The first page of a transcript, the same on the server and in the browser. */
export const TRANSCRIPT_PAGE = { page: 1, pageSize: 25 };
