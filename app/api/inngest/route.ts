import { runningCity } from "#server/city.ts";

export const dynamic = "force-dynamic";
/** The city's own server answers this path before Next is asked. Should Next be asked, the same city answers. */
const answer = (request: Request) => runningCity().api(request);

export { answer as GET, answer as POST, answer as PUT };
