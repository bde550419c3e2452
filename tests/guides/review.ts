/** What an honest seller says about the readers' repository. */
export const REVIEW = `# Review of the authentication middleware

## Summary
\`authenticate\` in \`src/auth.js\` accepts any cookie that contains the text \`session=\`; nothing checks the session.

## Findings

### High: the session is never verified
\`src/auth.js:2\` reads:

\`\`\`js
  return request.headers.cookie?.includes("session=");
\`\`\`

Any client can send \`Cookie: session=x\` and is authenticated, which is a security hole in session management. Parse the
cookie, look the session up and compare its expiry:

\`\`\`js
  const id = parseCookie(request.headers.cookie).session;
  return id !== undefined && (await sessions.find(id))?.expiresAt > Date.now();
\`\`\`

### Medium: the function may return undefined
Without a cookie header \`authenticate\` returns \`undefined\`, not \`false\`; callers that compare with \`=== false\` let the
request through. End with \`?? false\`.

### Low: the test script never fails
\`package.json:5\` runs \`node --test || true\`, so a security regression passes the build. Remove \`|| true\`.
`;
