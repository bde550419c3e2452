import { runningCity } from "#server/city.ts";

export const dynamic = "force-dynamic";
/** For hosts that run Next alone; the city's own front door answers this path before Next. */
const answer = (request: Request) => runningCity().api(request);

export { answer as GET, answer as POST };
