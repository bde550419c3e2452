const OBJECT =
  "(?:(?:a|an|the|new|separate|dedicated|shared|another|single|small|simple|missing|test|tests|unit|integration|config|configuration|helper|utility|script|workflow|file|files|module|component|class|called|named|at|as|for it|under|in)\\s+|[:*_`\"'(\\[-]\\s*){0,8}$";
const CREATES = new RegExp(
  `\\b(?:create|creates|created|creating|add|adds|added|adding|introduce|introduces|introducing|introduced|generate|generated|write|writing|wrote|scaffold|new file|new test file|new module|new test|new helper)[:\\s]+${OBJECT}`,
  "i",
);
const INTO =
  /\b(?:extract|extracts|extracted|extracting|move|moves|moved|moving|split|splits|splitting|pull|factor|factored|rename|renames|renamed|renaming|relocate|save|saved|refactor|refactored|put)\b[^.!?\n]{0,120}\b(?:to|into|out to|as)\s+(?:(?:a|an|the|new|its|own|separate|dedicated|shared|file|module|called|named|common)\s+|[*_`"'(]\s*){0,6}$/i;
const LACKS =
  /\b(?:no|missing|lacks?|lacking|without|absent|isn't|isn't any|there is no|there's no|needs|need|should have|could have|recommend|suggest)\s+(?:(?:a|an|the|any|new|file|named|called|such|corresponding|root|top-level)\s+|[*_`"'(]\s*){0,5}$/i;
const SAID_ABSENT =
  /^[`*_"')\]]{0,3}\s*(?:\((?:new|new file|to be created|created|added|proposed|missing)[^)\n]{0,40}\)|(?:file |module )?(?:is|are|was|does|do|has|should|must|could|can)\s*(?:missing|absent|not (?:present|exist|found|there)|n't exist|new\b|be (?:created|added|introduced)|not been (?:created|added)))/i;
const NEW_TEST =
  /\b(?:add|adding|create|write|writing|introduce)\s+(?:(?:a|an|the|new|more|some|unit|integration|regression|end-to-end|e2e|failing)\s+){0,4}(?:tests?|specs?|test cases?)\s+(?:in|to|under|at|as|into)\s+[`*_"'(]{0,3}$/i;
const SIMPLE_NEW =
  /(?:^|[\s(*_])(?:new|proposed|suggested)(?: file| test| module| helper| script)?[:\s]+[`*_"'(]{0,3}$/i;

/** The same in other languages, in the words that stand next to the path. */
const OBJECT_ELSEWHERE =
  "(?:(?:eine?n?|die|das|den|un|une|le|el|um|uma|o|il|lo|een|het|datei|fichier|archivo|fichero|arquivo|bestand|файл|модуль|nouveau|nuevo|novo|nuovo|neuen?|neue|nieuw|новый|test)\\s+){0,4}[`*_\"'(]{0,3}$";
const CREATES_ELSEWHERE = new RegExp(
  `(?<!\\p{L})(?:erstellen?|erstellt|ergänzen?|lege|neue[ns]?|créer|créez|ajouter|ajoutez|nouveau|crear|crea|cree|añadir|nuevo|criar|crie|adicionar|novo|creare|aggiungere|nuovo|maak|nieuwe?|создать|создайте|добавить|добавьте|новый)\\s+${OBJECT_ELSEWHERE}|(?:创建|新建|新增|添加|新規)(?:一个)?(?:新?的?(?:文件|模块|测试|ファイル))?\\s{0,2}[\`*_"'(「]{0,3}$`,
  "iu",
);
const CREATED_ELSEWHERE =
  /^[`*_"')\]」]{0,3}\s{0,2}(?:anlegen|anzulegen|erstellen|hinzufügen|ergänzen|toevoegen|aanmaken|を(?:新規に?)?(?:作成|追加)|[을를]\s?(?:새로\s)?(?:생성|추가|만들))/iu;

/**
 * Do the words around a path say that it is not there yet: "create `x.ts`", "extract … into `x.ts`", "`x.ts` is missing"?
 * "Add a check in `x.ts`" says the opposite: the object of "add" is the check.
 *
 * @param before up to 200 characters before the path, of the same paragraph
 * @param after up to 80 characters after it
 */
export function isAnnouncedNew(before: string, after: string): boolean {
  const sentence = before.slice(
    Math.max(before.lastIndexOf("\n"), before.lastIndexOf(". "), before.lastIndexOf("! ")) + 1,
  );
  if (SAID_ABSENT.test(after) || CREATED_ELSEWHERE.test(after) || CREATES_ELSEWHERE.test(sentence)) return true;
  if (SIMPLE_NEW.test(sentence) || INTO.test(sentence)) return true;
  if (LACKS.test(sentence) || NEW_TEST.test(sentence)) return true;
  return CREATES.test(sentence) && !/\b(?:in|at|under)\s+[`*_"'(]{0,3}$/i.test(sentence);
}
