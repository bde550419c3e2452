import type { IncomingMessage, ServerResponse } from "node:http";
import { actorFromCookie } from "../auth/next-auth-options.ts";
import type { City } from "../city.ts";
import { callerAddress } from "../kernel/caller-address.ts";
import { type CityError, isCityError } from "../kernel/errors.ts";
import type { NextHandler } from "./front-door.ts";

/** What a page consists of besides itself: files that nothing is looked up for. No detour leads from there to a page. */
const FILES = /^\/_next\/static\/(?!.*(?:\.\.|%))/;

/** Pages, each of which may ask the database a lot: counted for whoever is signed in, and for a stranger by address. */
export function countPages(city: City, pages: NextHandler): NextHandler {
  return async (request, response) => {
    const refused = FILES.test(request.url ?? "/") ? null : await count(city, request);
    return refused ? refuse(response, refused) : pages(request, response);
  };
}

async function count(city: City, { headers }: IncomingMessage): Promise<CityError | null> {
  try {
    const actor = await actorFromCookie(city, headers.cookie ?? null);
    await city.limits.countPage(actor, callerAddress(headers));
    return null;
  } catch (error) {
    // Whatever else went wrong, the page finds it too, and has a way to say it.
    return isCityError(error) && error.code === "RATE_LIMITED" ? error : null;
  }
}

function refuse(response: ServerResponse, { message, retryAfter = 1 }: CityError): void {
  response.writeHead(429, {
    "content-type": "text/plain; charset=utf-8",
    "retry-after": String(Math.ceil(retryAfter)),
  });
  response.end(`${message}\n`);
}
