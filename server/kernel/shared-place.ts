/** Where a server run as root keeps what its unprivileged users must read but cannot reach in the project folder. */
export const SHARED_PLACE = "/var/lib/ai-city";
