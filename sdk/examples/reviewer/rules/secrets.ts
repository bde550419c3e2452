import { type Finding, finder, type Rule } from "../findings.ts";
import { functionAt, type SourceFile } from "../source-file.ts";

const isCode = (file: SourceFile) => (file.language === "javascript" || file.language === "python") && !file.isTest;
const NAME =
  /(?:^|[^A-Za-z])["']?([\w.-]*(?:passw(?:or)?d|secret|api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|signing[_-]?key)[\w-]*)["']?\s*(?::\s*(?:string|str)\s*)?(?:=|:)\s*(["'`]?)([^\s"'`,;#]{6,})\2/i;
const KNOWN =
  /\b(sk_live_\w{6,}|rk_live_\w{6,}|AKIA[0-9A-Z]{12,}|gh[pousr]_\w{20,}|xox[bap]-[\w-]{10,}|AIza[\w-]{20,}|whsec_[\w+/]{16,})|(-----BEGIN [A-Z ]*PRIVATE KEY-----)/;
const NOT_A_SECRET =
  /^(?:process\.env|os\.environ|os\.getenv|\$\{|\$\(|\$[A-Z_]|<|%|config\.|settings\.|env\.|import\.|await|None|null|undefined|true|false|str\b|string\b|z\.|req\.|request\.|self\.|this\.|hash|get|read|\w+\()|change-?me|example|placeholder|your[-_]|xxx|\*{3}|dummy|test/i;

const inConfig: Rule = {
  id: "secret-in-repository",
  topic: "secrets",
  looksFor: "passwords, keys and tokens written into files",
  applies: (file) =>
    !file.isTest &&
    file.language !== "html" &&
    file.language !== "other" &&
    !/\.(?:example|sample|template)$|example/i.test(file.path),
  check(file) {
    const make = finder(inConfig, file);
    return file.bareLines.flatMap((text, index): Finding[] => {
      const known = KNOWN.exec(text);
      const named = NAME.exec(text);
      const quoted =
        named?.[2] !== "" ||
        ["env", "yaml"].includes(file.language) ||
        /\b(?:ENV|ARG)\s/.test(text) ||
        file.language === "shell";
      const value =
        known?.[1] ??
        known?.[2] ??
        (named && quoted && !NOT_A_SECRET.test(named[3] ?? "") && !/^[\w.]+\(/.test(named[3] ?? "")
          ? named[3]
          : undefined);
      if (value === undefined || (known === null && !/[\d\W_]|[a-z][A-Z]/.test(value))) return [];
      if (file.language === "docker" && !known && !/\bENV\b|\bARG\b/.test(text)) return [];
      const name = named?.[1] ?? "KEY";
      const variable = name
        .replace(/([a-z])([A-Z])/g, "$1_$2")
        .replace(/[^A-Za-z0-9]+/g, "_")
        .toUpperCase();
      const at = (file.lines[index] ?? "").indexOf(value);
      const shown = (file.lines[index] ?? "").slice(0, at + Math.min(4, value.length));
      const code =
        file.language === "python"
          ? `${name} = os.environ["${variable}"]`
          : file.language === "javascript"
            ? `${name}: process.env.${variable}`
            : `${variable}=   # set where the service runs, not in the repository`;
      return [
        make({
          severity: known || /secret|private|api/i.test(name) ? "critical" : "high",
          line: index + 1,
          quote: [shown],
          title: `${name} is stored in the repository`,
          why: `Everyone who can read ${file.path}, or any old clone of it, has this credential (the quotation stops after its first characters on purpose). Deleting the line does not take it out of the history, so it has to be replaced as well.`,
          fix: { text: "Revoke it, and read its successor from the environment:", language: file.fence, code },
        }),
      ];
    });
  },
};

const hashing: Rule = {
  id: "weak-hash",
  topic: "cryptography",
  looksFor: "MD5, SHA-1, predictable random numbers and comparisons that leak time",
  applies: isCode,
  check(file, _project, seen) {
    const make = finder(hashing, file);
    const found: Finding[] = [];
    for (const [index, text] of file.bareLines.entries()) {
      const line = index + 1;
      const around = functionAt(file, line);
      const context = `${around?.name ?? ""} ${file.path} ${text}`;
      const weak = /createHash\(\s*["'](md5|sha1)["']\s*\)/i.exec(text) ?? /\bhashlib\.(md5|sha1)\(/.exec(text);
      const forPasswords =
        /passw|pwd|credential/i.test(context) || (around?.parameters ?? []).some((p) => /passw|pwd/i.test(p));
      if (weak) {
        found.push(
          make({
            severity: forPasswords ? "critical" : "medium",
            line,
            title: forPasswords
              ? `Passwords are hashed with ${weak[1]?.toUpperCase()}`
              : `${weak[1]?.toUpperCase()} where a collision would matter`,
            why: forPasswords
              ? `A graphics card tries billions of ${weak[1]?.toUpperCase()} values a second${/salt/i.test(text) ? ", salt or not" : ", and without a salt equal passwords look equal"}. A stolen table from ${around?.name ? `${around.name}()` : "here"} is readable the same day.`
              : `${around?.name ? `${around.name}()` : "This code"} treats equal ${weak[1]?.toUpperCase()} values as equal content; different inputs with one value can be made on purpose.`,
            fix: forPasswords
              ? {
                  text: "Use a slow function with a salt of its own:",
                  language: file.fence,
                  code:
                    file.language === "python"
                      ? `salt = os.urandom(16)\ndigest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)`
                      : `const salt = randomBytes(16);\nconst hash = scryptSync(password, salt, 32).toString("hex");\nreturn \`\${salt.toString("hex")}:\${hash}\`;`,
                }
              : {
                  text: "SHA-256 costs nothing more here:",
                  language: file.fence,
                  code: text.trim().replace(new RegExp(weak[1] ?? "", "i"), "sha256"),
                },
          }),
        );
      } else if (/createHash\(|hashlib\.(?:sha256|sha512|scrypt|pbkdf2_hmac|blake2)|scrypt|argon2|bcrypt/.test(text))
        seen(line);
      const random =
        /\bMath\.random\(\)/.test(text) || /\brandom\.(?:random|randint|choice|choices|randrange)\(/.test(text);
      if (
        random &&
        /token|secret|session|passw|otp|reset|csrf|nonce|coupon|voucher|api_?key/i.test(context.replace(file.path, ""))
      ) {
        found.push(
          make({
            severity: "high",
            line,
            title: "A secret made from predictable random numbers",
            why: `${file.language === "python" ? "The random module" : "Math.random()"} can be continued from a few outputs, so the next value of ${around?.name ? `${around.name}()` : "this"} can be guessed.`,
            fix: {
              text: "Take it from the system's generator:",
              language: file.fence,
              code:
                file.language === "python"
                  ? "token = secrets.token_urlsafe(32)"
                  : 'const token = randomBytes(32).toString("base64url");',
            },
          }),
        );
      }
      const compared = /\b(\w*(?:signature|hmac|digest|mac|token_?hash)\w*)\s*(?:===?|!==?)\s*(\w[\w.]*)/i.exec(text);
      if (
        compared &&
        !/undefined|null|None|""|length|typeof/.test(compared[0]) &&
        /createHmac|hmac\.|signature/i.test(file.text)
      )
        found.push(
          make({
            severity: "medium",
            line,
            title: "A signature is compared in a way that leaks time",
            why: `\`${compared[0]}\` stops at the first difference; how long it takes tells a sender how much of the value was right.`,
            fix: {
              text: "Compare in constant time:",
              language: file.fence,
              code:
                file.language === "python"
                  ? `hmac.compare_digest(${compared[1]}, ${compared[2]})`
                  : `timingSafeEqual(Buffer.from(${compared[1]}), Buffer.from(${compared[2]}))`,
            },
          }),
        );
    }
    return found;
  },
};

const transport: Rule = {
  id: "tls-checks-off",
  topic: "network",
  looksFor: "TLS certificate checks switched off",
  applies: (file) =>
    !file.isTest && ["javascript", "python", "shell", "docker", "yaml", "env", "json"].includes(file.language),
  check(file) {
    const make = finder(transport, file);
    return file.bareLines.flatMap((text, index): Finding[] => {
      const off =
        /rejectUnauthorized:\s*false|NODE_TLS_REJECT_UNAUTHORIZED["']?\]?\s*[=:]\s*["']?0|\bverify\s*=\s*False|ssl\._create_unverified_context|CERT_NONE|\bcurl\b[^|\n]*\s(?:-[a-zA-Z]*k\b|--insecure)|--no-check-certificate|strict-ssl\s*=?\s*false/.exec(
          text,
        );
      if (!off) return [];
      const before = file.lines[index] ?? "";
      const after = before
        .replace(/rejectUnauthorized:\s*false/, "rejectUnauthorized: true")
        .replace(/,\s*verify\s*=\s*False/, "")
        .replace(/\s--insecure\b|\s-k\b/, "");
      return [
        make({
          severity: "high",
          line: index + 1,
          title: "Certificates are not checked",
          why: `With \`${off[0].trim()}\` whoever sits between this service and the other end can present any certificate, and read and change what is sent.`,
          fix: {
            text: "Leave the check on; a private authority is added with its own certificate:",
            language: file.fence,
            code: after === before ? "NODE_EXTRA_CA_CERTS=/etc/ssl/private-ca.pem" : after.trim(),
          },
          ...(after !== before && { edit: { line: index + 1, before, after } }),
        }),
      ];
    });
  },
};

const leaks: Rule = {
  id: "secret-in-log-or-answer",
  topic: "secrets",
  looksFor: "credentials in logs and inner error texts in answers",
  applies: isCode,
  check(file) {
    const make = finder(leaks, file);
    return file.bareLines.flatMap((text, index): Finding[] => {
      const logged = /\b(?:console\.\w+|log(?:ger|ging)?\.\w+|print)\((.*)$/.exec(text)?.[1] ?? "";
      const what =
        /(?:\$\{|[,(+{]\s*|^\s*)((?:\w+\.)*\w*(?:password|passwd|secret|apiKey|api_key|cardNumber|card_number|cvv))\b(?!\s*(?:is|has|was|must|too|reset|changed)\b)/i.exec(
          logged.replace(/(["'])(?:(?!\1).)*\1/g, (s) => (s.includes("${") ? s : "")),
        ) ?? /(?:^|[,(\s])((?:req|request)\.body)\s*\)/.exec(logged);
      if (what)
        return [
          make({
            severity: "high",
            line: index + 1,
            title: `\`${what[1]}\` goes into the log`,
            why: "Logs are copied to more places and kept longer than the database, and everyone who may read them sees it in plain text.",
            fix: {
              text: "Log what identifies the event instead:",
              language: file.fence,
              code:
                file.language === "python"
                  ? 'logger.info("sign-in", extra={"user_id": user_id})'
                  : 'console.info("sign-in", { userId });',
            },
          }),
        ];
      const sent =
        /\b(?:res|reply)\b[^;\n]*\.(?:send|json)\([^)\n]*\b(\w*err\w*\.(?:stack|message)|traceback\.format_exc\(\))/i.exec(
          text,
        );
      if (sent && /stack|format_exc/.test(sent[1] ?? ""))
        return [
          make({
            severity: "medium",
            line: index + 1,
            title: "The stack trace is sent to the client",
            why: `\`${sent[1]}\` tells paths, versions and statements of this service to anyone who can cause an error.`,
            fix: {
              text: "Keep it in the log and answer with a number to ask about:",
              language: file.fence,
              code: 'console.error(requestId, err);\nres.status(500).json({ error: "internal", requestId });',
            },
          }),
        ];
      return [];
    });
  },
};

export const secretRules: Rule[] = [inConfig, hashing, transport, leaks];
