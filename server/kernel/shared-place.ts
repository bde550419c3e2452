/** Where root keeps what an unprivileged user has to reach when the project itself lies out of its reach. */
export const SHARED_PLACE = "/var/lib/ai-city";
