/** Function words and the small change of talk about code: they say nothing about which task an output answers. */
const STOP = new Set(
  (
    "a an the this that these those it its is are was were be been being to of in on for with and or not no but if then " +
    "else so as at by from into out up we you i they he she should would could can may might will shall must do does did " +
    "done have has had here there what why how when which who where than too very just also only more most some any all " +
    "each every both such other another same own now new good better best well code line lines change changes use uses " +
    "using used need needs make makes made sure think like want get set put see let add adds remove return returns " +
    "function method class import true false none null self def const var please our your their my me us them about over " +
    "under after before while because since through between during without within per via yet still even much many few " +
    "one two three first second last next instead ensure consider file files"
  ).split(" "),
);

/** Words that occur in nearly every task and review: a match on them is weak evidence. */
const COMMON = new Set(
  (
    "fix issu problem bug valu data test function method variabl name type error case review repo repository project " +
    "write creat updat improv check help find task work app application user time way thing part read run call"
  ).split(" "),
);

const SUFFIXES = [
  "ations",
  "ation",
  "ings",
  "ments",
  "ing",
  "ions",
  "ment",
  "ion",
  "ies",
  "ied",
  "ers",
  "ed",
  "er",
  "es",
  "ly",
  "s",
  "e",
  "y",
];

/** A crude stem: enough for "validates", "validation" and "validate" to meet, deterministic and without a dictionary. */
export function stem(word: string): string {
  for (const suffix of SUFFIXES) {
    if (word.length - suffix.length >= 3 && word.endsWith(suffix)) return word.slice(0, -suffix.length);
  }
  return word;
}

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[\p{Lo}ー]+/gu;

/** Chinese and Japanese, which put no spaces between words. */
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;
const RUN = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|[^\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+/g;
/** Pairs of grammar: with a particle or a pronoun of Chinese, or in the letters that Japanese inflects with. */
const GRAMMAR = /[的了是在和这那我你他们也就都与及或以于请把被而其吗呢吧]|^[\u3040-\u309f]+$/;
const HANGUL = /[\uac00-\ud7af]/;

/**
 * Identifier-like words as they stand: `parseConfig`, `max_size`, `Renderer`. Where no spaces part them, every two
 * characters in a row stand for a word: most are one, and the others are the same in the request and in its answer.
 */
export function rawWords(text: string): string[] {
  const words = text.match(WORD) ?? [];
  if (!UNSPACED.test(text)) return words;
  return words.flatMap((word) => (word.match(RUN) ?? []).flatMap((run) => (UNSPACED.test(run) ? pairsOf(run) : [run])));
}

function pairsOf(run: string): string[] {
  if (run.length < 3) return [run];
  return Array.from({ length: run.length - 1 }, (_, i) => run.slice(i, i + 2));
}

/** The lower-case parts of an identifier: `parseConfigFile` and `parse_config_file` give the same three. */
function wordParts(word: string): string[] {
  return (word.match(PART) ?? []).map((part) => part.toLowerCase());
}

/** Of longer words there are few, and they are no words. */
const MAX_CACHED = 64;
const stemCache = new Map<string, readonly string[]>();

/** The stems that carry meaning in one raw word; stop words and fragments under three letters give none. */
export function stemsOfWord(word: string): readonly string[] {
  if (word.length > MAX_CACHED) return findStems(word);
  const known = stemCache.get(word);
  if (known) return known;
  // A copy: a slice would keep the whole output it was cut from in memory.
  const own = Buffer.from(word).toString();
  const stems = findStems(own);
  if (stemCache.size > 50_000) stemCache.clear();
  stemCache.set(own, stems);
  return stems;
}

function findStems(word: string): string[] {
  return wordParts(word)
    .flatMap((part) => (HANGUL.test(part) ? pairsOf(part) : [part]))
    .filter((part) => (part.length > 2 || part.charCodeAt(0) > 0x2fff) && !STOP.has(part) && !GRAMMAR.test(part))
    .map(stem)
    .filter((part) => !STOP.has(part));
}

export function stemsOf(text: string): Set<string> {
  const stems = new Set<string>();
  for (const word of rawWords(text)) for (const one of stemsOfWord(word)) stems.add(one);
  return stems;
}

/** How much a matching stem tells: long words are rarer, and words of every review tell little. */
export function stemWeight(one: string): number {
  return Math.min(1.5, one.length / 5) * (COMMON.has(one) ? 0.4 : 1);
}

/** Does the word look like a name from code rather than English: `camelCase`, `snake_case`, `HTTP2`, `$el`? */
export function looksLikeIdentifier(word: string): boolean {
  return /[\p{L}\p{N}]_[\p{L}\p{N}]|^_\p{L}|\p{Ll}\p{Lu}|\p{L}\p{N}|\$\p{L}/u.test(word);
}

/** The commonest words of some other languages: enough to tell their sentences from lists of terms. */
const ELSEWHERE = new Set(
  (
    "der die das und ist ein eine nicht mit von zu auf für den dem im sich wird kann es bei aus als auch nur le la les des est un une pas et dans pour qui que " +
    "sur du au il elle ne se par los las el en por con una es no del lo su di che per non sono da il gli os uma não com para do na em se o e i w na nie jest to het een van niet " +
    "och att det som på är av för med den till inte ett har og at er til ikke på som ja on ei se että yang dan di ini dengan untuk tidak dari și nu cu pe este si mai az és hogy egy nem je že ve bir bu için ile"
  ).split(" "),
);

export function isFunctionWord(word: string): boolean {
  return STOP.has(word) || ELSEWHERE.has(word);
}
