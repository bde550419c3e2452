/** Sentences that fit every repository: true of any code, so they say nothing about this one. */
const BOILERPLATE: readonly RegExp[] = [
  /\b(?:code|codebase|project|repo(?:sitory)?|application|implementation|structure|overall)\b[^.\n]{0,60}\b(?:well[- ](?:structured|organi[sz]ed|written|designed|documented)|clean|solid|good (?:quality|shape|practices?)|follows? (?:\w+ ){0,3}(?:best )?(?:practices|conventions|standards)|looks? good|is (?:readable|maintainable|modular|scalable)|generally (?:good|fine))/i,
  /\b(?:consider|ensure|make sure|it is (?:recommended|important|advisable)|recommend(?:ed)?|should|try to|be sure to|remember to|you may want to|could benefit from)\b[^.\n]{0,50}\b(?:add(?:ing)?|improv\w+|implement\w*|writ\w+|includ\w+|us(?:e|ing)|follow\w*|increas\w+|more|better|proper|adequate|sufficient|appropriate|robust|comprehensive|regular|strong)\b[^.\n]{0,50}\b(?:comments?|documentation|docs|tests?|unit tests?|test coverage|coverage|error handling|logging|input validation|validation|type (?:hints|annotations)|naming(?: conventions?)?|best practices|security (?:measures|practices|audits?)|performance|monitoring|code reviews?|readability|maintainability|scalability|ci\/cd|caching|dependencies)\b[^.\n]{0,40}[.!]?\s*$/i,
  /\bas an ai\b|\bi (?:have|'ve) (?:carefully |thoroughly )?(?:reviewed|analy[sz]ed|examined|completed)\b[^.\n]{0,80}$|\bi hope this helps\b|\blet me know if\b|\bhappy to help\b|\bfeel free to\b|\bin (?:conclusion|summary)\b|\boverall\b[^.\n]{0,80}\b(?:good|great|solid|well|quality|improve\w*)\b|\bkeep up the good work\b|\bgreat (?:job|work)\b|\blgtm\b/i,
  /^\W*(?:no (?:major |critical |significant |obvious )?(?:issues?|problems?|bugs?|vulnerabilities)(?: (?:were )?(?:found|detected|identified))?|everything (?:looks|seems|is) (?:good|fine|ok|great|correct)|looks good(?: to me)?|all good|the code (?:is|looks|seems) (?:good|fine|ok|correct|great|clean))\W*$/i,
  /\b(?:security|performance|quality|testing|documentation|maintainability|scalability|reliability)\b[^.\n]{0,30}\b(?:is|are) (?:very |extremely |always |critically )?(?:important|crucial|essential|critical|key|paramount|vital)\b/i,
  /\b(?:lorem ipsum|dolor sit amet|consectetur adipiscing|sed do eiusmod)\b/i,
  /\b(?:various|several|some|many|certain|multiple|a few) (?:files|areas|places|parts|functions|components|modules|sections)\b[^.\n]{0,60}\b(?:could|should|can|may|might|need|would)\b/i,
  /\[(?:insert|your|name|todo|placeholder|describe|add)\b[^\]\n]{0,60}\]|\b(?:todo|tbd)\b\s*[:.]?\s*$|<(?:insert|your|placeholder)[^>\n]{0,40}>/i,
  /\b(?:this (?:report|review|document|analysis)|the following (?:report|review|sections?))\b[^.\n]{0,40}\b(?:provides?|presents?|contains?|covers?|outlines?|summari[sz]es?|aims?)\b/i,
];

export function isBoilerplate(sentence: string): boolean {
  const text = sentence.slice(0, 500).replace(/\s+/g, " ");
  return BOILERPLATE.some((pattern) => pattern.test(text));
}
