import { string } from "../parameters.ts";
import type { Routes } from "../routes.ts";
import { find, listPage } from "../store.ts";
import { LISTING } from "./listing.ts";

export function eventRoutes(routes: Routes): void {
  routes.get("/v1/events", {
    parameters: { ...LISTING, type: string() },
    run: (call, { type, ...listing }) => listPage(call, "event", "/v1/events", listing, { type }),
  });

  routes.get("/v1/events/:id", { parameters: {}, run: (call, _values, { id = "" }) => find(call, "event", id) });
}
