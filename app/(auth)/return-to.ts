/** Where to go after signing in: a path of this site, never another address. */
export function returnTo(next: string | undefined): string {
  return next && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : "/overview";
}
