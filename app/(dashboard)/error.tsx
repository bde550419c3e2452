"use client";
/** Inside the frame, so that the way to everything else stays. */
export { default } from "../error.tsx";
