/** Inside the frame, so that the way to everything else stays. */
export { NothingHere as default } from "../_components/nothing-here.tsx";
