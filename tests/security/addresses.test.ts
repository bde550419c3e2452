import { describe, expect, it } from "vitest";
import { isPublicAddress, isPublicHost } from "#server/ports/outgoing-http/address.ts";
import { readRepoUrl, refRefusal } from "#server/ports/repo-fetch/repo-url.ts";
import { settingsSchema } from "#server/settings.ts";

/** Ways to write an address that must not be reached, as the host of a URL. */
const PRIVATE_HOSTS = [
  ...[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
  ],
  ...["0x7f.0x0.0x0.0x1", "0", "0.0.0.0", "0.1.2.3", "127.0.0.1.", "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1"],
  ...[
    "10.0.0.1",
    "10.255.255.255",
    "012.0.0.1",
    "167772161",
    "0xa000001",
    "172.16.0.1",
    "172.31.255.255",
    "2886729729",
  ],
  ...[
    "192.168.0.1",
    "192.168.255.255",
    "3232235521",
    "0xc0a80001",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.0.192",
  ],
  ...[
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.170.2",
    "168.63.129.16",
  ],
  ...[
    "198.18.0.1",
    "198.19.255.255",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
  ],
  ...["240.0.0.1", "255.255.255.255", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]"],
  ...[
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[::7f00:1]",
  ],
  ...["[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]"],
  ...[
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
    "[2001::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00::1]",
  ],
  ...["[fd00:ec2::254]", "[ff02::1]", "[ff0e::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]"],
  ...[
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "localhost.localdomain",
    "metadata.google.internal",
    "printer.local",
  ],
  ...["router.lan", "nas.home", "host.home.arpa", "intranet", "db", "x.corp", "x.test", "x.invalid", "x.onion"],
];

describe("addresses that the city must not reach for someone else", () => {
  it.each(PRIVATE_HOSTS)("%s is refused", (host) => {
    const url = `https://${host}/`;
    // A host that the URL parser itself refuses cannot be reached either.
    expect(URL.canParse(url) && isPublicHost(new URL(url).hostname)).toBe(false);
  });

  it("there are at least 80 forms, and public ones pass, so that the rule is not simply 'no'", () => {
    expect(new Set(PRIVATE_HOSTS).size).toBeGreaterThanOrEqual(80);
    for (const host of [
      "github.com",
      "93.184.216.34",
      "1.1.1.1",
      "[2606:4700:4700::1111]",
      "xn--bcher-kva.ch",
      "8.8.8.8",
    ]) {
      expect(isPublicHost(new URL(`https://${host}/`).hostname), host).toBe(true);
    }
  });

  it("a zone, an empty text and a name are no public addresses of a socket", () => {
    for (const text of ["fe80::1%eth0", "", "github.com", "1.2.3", "2606:4700::1%25"])
      expect(isPublicAddress(text)).toBe(false);
  });
});

const { allowedHosts } = settingsSchema({ production: true }).parse({}).repos;
const policy = { allowedHosts, localRemotes: ["http://127.0.0.1:3000/git/"] };
const refused = (url: string) => "refusal" in readRepoUrl(url, policy);

const BAD_URLS = [
  ...[
    "ext::sh -c id",
    "file:///etc",
    "/etc",
    "../x",
    "ssh://git@github.com/a/b",
    "ssh://-oProxyCommand=id/x",
    "git://github.com/a/b",
  ],
  ...[
    "git@github.com:a/b.git",
    "-u./x",
    "--upload-pack=id",
    "http://github.com/a/b",
    "ftp://github.com/a/b",
    "javascript:1",
    "",
  ],
  ...[
    "https://user:pass@github.com/a/b",
    "https://token@github.com/a/b",
    "https://@github.com/a/b",
    "https://github.com@evil.org/a",
  ],
  ...[
    "https://evil.org/a/b",
    "https://github.com.evil.org/a/b",
    "https://evilgithub.com/a",
    "https://github.com:8443/a/b",
  ],
  ...[
    "https://github.com/",
    "https://github.com",
    "https://github.com/a/b?x=1",
    "https://github.com/a/b#x",
    "https://github.com/a/%2e%2e/b",
  ],
  ...[
    "https://github.com/a/-b",
    "https://github.com/a\\b",
    "https://github.com/a/b\nHost: x",
    "https://github.com/a b",
    "https://127.0.0.1/a/b",
  ],
  ...[
    "http://127.0.0.1:3001/git/x.git",
    "http://127.0.0.1:3000/api/v1/x",
    "http://127.0.0.1:3000/git/../api/x",
    "http://localhost:3000/git/x.git",
  ],
  ...["https://github.com/a/b\u202e", `https://github.com/${"a".repeat(3000)}`],
];

describe("repository URLs", () => {
  it.each(BAD_URLS)("%j is refused", (url) => expect(refused(url)).toBe(true));

  it.each([
    "https://github.com/a/b",
    "https://github.com/a/b.git",
    "HTTPS://GitHub.com/A-b/c_d.e",
    "https://gitlab.com/a/b/c",
    "http://127.0.0.1:3000/git/x.git",
  ])("%s is allowed", (url) => expect(refused(url)).toBe(false));
});

describe("refs", () => {
  it.each([
    "-x",
    "--upload-pack=id",
    "a..b",
    "a b",
    "a\nb",
    "a~1",
    "a^",
    "a:b",
    "@",
    "@{1}",
    "a@{1}",
    "a.lock",
    "/a",
    "a/",
    "a//b",
    ".a",
    "a/.b",
    "a.",
    "*",
    "[a",
    "a\\b",
    "",
    "a\u0000b",
    "a?b",
  ])("%j is refused", (ref) => expect(refRefusal(ref)).not.toBeNull());
  it.each(["main", "feature/x-1", "v1.2.3", "0".repeat(40), "renovate/next-16.x", "release_1"])(
    "%s is allowed",
    (ref) => expect(refRefusal(ref)).toBeNull(),
  );
});
