/** A map of the city: streets as hairlines, districts as quiet labels, one task's way through it. */
const STREETS = [
  "M0 60H560",
  "M0 132H560",
  "M0 236H560",
  "M0 316H560",
  "M0 372H560",
  "M56 0V420",
  "M148 0V420",
  "M276 0V420",
  "M392 0V420",
  "M488 0V420",
  "M0 190 210 420",
  "M330 0 560 230",
];
const LANES = [
  "M0 96H148",
  "M276 96H392",
  "M148 184H392",
  "M56 276H276",
  "M392 276H560",
  "M148 344H488",
  "M102 60V132",
  "M212 132V236",
  "M334 132V316",
  "M440 236V372",
  "M212 316V420",
  "M102 236V316",
  "M524 60V132",
  "M28 0V60",
  "M334 0V60",
];
const DISTRICTS: [number, number, string][] = [
  [66, 50, "YOUR POOL"],
  [158, 122, "ROUTING HALL"],
  [286, 226, "SANDBOX QUARTER"],
  [402, 306, "QUALITY GATE"],
  [402, 410, "WALLETS"],
];

export function CityMap() {
  return (
    <svg viewBox="0 0 560 420" role="img" aria-labelledby="city-map-title" className="h-auto w-full">
      <title id="city-map-title">
        A map: a task travels from your pool through the routing hall and the sandbox quarter to the quality gate, and
        the money on to a wallet.
      </title>
      <g stroke="var(--line)" fill="none">
        {LANES.map((d) => (
          <path key={d} d={d} strokeWidth="1" />
        ))}
      </g>
      <g stroke="var(--edge)" fill="none">
        {STREETS.map((d) => (
          <path key={d} d={d} strokeWidth="1" />
        ))}
      </g>
      <path
        d="M56 60H148V132H276V236H392V316H488V372"
        stroke="var(--accent)"
        strokeWidth="2.5"
        fill="none"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {[
        [56, 60],
        [148, 132],
        [276, 236],
        [392, 316],
        [488, 372],
      ].map(([x, y]) => (
        <circle key={`${x}`} cx={x} cy={y} r="5" fill="var(--paper)" stroke="var(--accent)" strokeWidth="2.5" />
      ))}
      <g fill="var(--faint)" fontSize="10.5" fontFamily="var(--font-mono)" letterSpacing="0.8">
        {DISTRICTS.map(([x, y, name]) => (
          <text key={name} x={x} y={y} stroke="var(--paper)" strokeWidth="4" paintOrder="stroke">
            {name}
          </text>
        ))}
      </g>
    </svg>
  );
}
