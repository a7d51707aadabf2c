/** Product pictures: flat drawings in the variant's colour, made on request. No file, no download. */

type Draw = (fill: string, shade: string) => string;

const SHAPES = {
  mug: (f, s) =>
    `<path d="M392 262h46a62 62 0 0 1 0 124h-46" fill="none" stroke="${s}" stroke-width="26"/><path d="M170 210h230v170a80 80 0 0 1-80 80h-70a80 80 0 0 1-80-80z" fill="${f}"/><ellipse cx="285" cy="212" rx="115" ry="26" fill="${s}"/>`,
  bowl: (f, s) =>
    `<path d="M120 270h360c0 110-80 190-180 190S120 380 120 270z" fill="${f}"/><ellipse cx="300" cy="270" rx="180" ry="40" fill="${s}"/>`,
  plate: (f, s) =>
    `<circle cx="300" cy="300" r="185" fill="${f}"/><circle cx="300" cy="300" r="118" fill="none" stroke="${s}" stroke-width="6"/>`,
  vase: (f, s) =>
    `<path d="M255 130h90l-12 90c60 40 92 95 92 150 0 62-52 100-125 100s-125-38-125-100c0-55 32-110 92-150z" fill="${f}"/><ellipse cx="300" cy="130" rx="45" ry="13" fill="${s}"/>`,
  pot: (f, s) =>
    `<path d="M430 290l80-50-40 130z" fill="${s}"/><path d="M185 260a70 70 0 0 0 0 130" fill="none" stroke="${s}" stroke-width="24"/><ellipse cx="305" cy="340" rx="145" ry="118" fill="${f}"/><ellipse cx="305" cy="232" rx="66" ry="18" fill="${s}"/><circle cx="305" cy="206" r="18" fill="${s}"/>`,
  jar: (f, s) =>
    `<rect x="190" y="220" width="220" height="240" rx="34" fill="${f}"/><rect x="205" y="168" width="190" height="52" rx="14" fill="${s}"/>`,
  cushion: (f, s) =>
    `<path d="M140 150q160 36 320 0-30 150 0 300-160-36-320 0 30-150 0-300z" fill="${f}"/><path d="M172 184q128 24 256 0-20 116 0 232-128-24-256 0 20-116 0-232z" fill="none" stroke="${s}" stroke-width="5" stroke-dasharray="12 10"/>`,
  throw: (f, s) =>
    `<rect x="150" y="170" width="300" height="250" rx="16" fill="${f}"/><path d="M150 240h300M150 290h300M150 340h300" stroke="${s}" stroke-width="10"/><path d="M165 420v34m30-34v34m30-34v34m30-34v34m30-34v34m30-34v34m30-34v34m30-34v34m30-34v34" stroke="${s}" stroke-width="7"/>`,
  candle: (f, s) =>
    `<path d="M300 118c24 34 24 62 0 70-24-8-24-36 0-70z" fill="#eab04d"/><path d="M300 182v40" stroke="#3a3a3a" stroke-width="7"/><rect x="215" y="218" width="170" height="240" rx="20" fill="${f}"/><ellipse cx="300" cy="220" rx="85" ry="20" fill="${s}"/>`,
  board: (f, s) =>
    `<path d="M270 110h60a20 20 0 0 1 20 20v70h60a30 30 0 0 1 30 30v220a30 30 0 0 1-30 30H190a30 30 0 0 1-30-30V230a30 30 0 0 1 30-30h60v-70a20 20 0 0 1 20-20z" fill="${f}"/><circle cx="300" cy="150" r="15" fill="#f4f1ec"/><path d="M190 280c80-16 140 16 220 0M190 360c80-16 140 16 220 0" stroke="${s}" stroke-width="6" fill="none"/>`,
  spoon: (f, s) =>
    `<g transform="rotate(32 300 300)"><rect x="286" y="220" width="28" height="270" rx="14" fill="${f}"/><ellipse cx="300" cy="170" rx="62" ry="86" fill="${f}"/><ellipse cx="300" cy="170" rx="42" ry="64" fill="${s}"/></g>`,
  lamp: (f, s) =>
    `<path d="M200 280l54-130h92l54 130z" fill="${f}"/><ellipse cx="300" cy="282" rx="100" ry="16" fill="#f3d99a"/><path d="M300 296v140" stroke="${s}" stroke-width="14"/><rect x="220" y="432" width="160" height="26" rx="13" fill="${s}"/>`,
  basket: (f, s) =>
    `<path d="M190 250a110 120 0 0 1 220 0" fill="none" stroke="${s}" stroke-width="20"/><path d="M140 250h320l-36 200a24 24 0 0 1-24 20H200a24 24 0 0 1-24-20z" fill="${f}"/><path d="M150 300h300M158 350h284M166 400h268M220 250l14 220M300 250v220M380 250l-14 220" stroke="${s}" stroke-width="7"/>`,
  soap: (f, s) =>
    `<rect x="140" y="230" width="320" height="170" rx="60" fill="${f}"/><rect x="190" y="274" width="220" height="82" rx="38" fill="none" stroke="${s}" stroke-width="7"/>`,
  tote: (f, s) =>
    `<path d="M230 240c0-150 140-150 140 0" fill="none" stroke="${s}" stroke-width="20"/><path d="M160 230h280l26 230a20 20 0 0 1-20 20H154a20 20 0 0 1-20-20z" fill="${f}"/><path d="M160 230h280" stroke="${s}" stroke-width="10"/>`,
  socks: (f, s) =>
    `<path d="M210 120h110v190l90 70c40 32 20 90-40 90h-50L210 370z" fill="${f}"/><path d="M210 120h110v44H210z" fill="${s}"/><path d="M380 366c44 30 32 104-20 104h-34z" fill="${s}"/>`,
  notebook: (f, s) =>
    `<rect x="175" y="130" width="260" height="340" rx="16" fill="${f}"/><rect x="175" y="130" width="46" height="340" rx="16" fill="${s}"/><rect x="270" y="200" width="120" height="60" rx="8" fill="#f7f3ea"/>`,
  stool: (f, s) =>
    `<path d="M200 250l-40 220M400 250l40 220M300 250v190" stroke="${s}" stroke-width="22" stroke-linecap="round"/><path d="M186 370h228" stroke="${s}" stroke-width="14"/><ellipse cx="300" cy="226" rx="150" ry="42" fill="${f}"/>`,
  hook: (f, s) =>
    `<rect x="250" y="130" width="100" height="220" rx="50" fill="${f}"/><path d="M300 300v90a60 60 0 0 0 110 34" fill="none" stroke="${s}" stroke-width="26" stroke-linecap="round"/><circle cx="300" cy="185" r="14" fill="${s}"/>`,
  pouch: (f, s) =>
    `<path d="M190 150h220l24 300a22 22 0 0 1-22 22H188a22 22 0 0 1-22-22z" fill="${f}"/><path d="M190 150h220l4 50H186z" fill="${s}"/><rect x="230" y="270" width="140" height="110" rx="10" fill="#f7f3ea"/>`,
  bottle: (f, s) =>
    `<rect x="264" y="104" width="72" height="60" rx="12" fill="${s}"/><path d="M250 176h100c34 34 50 60 50 110v150a36 36 0 0 1-36 36H236a36 36 0 0 1-36-36V286c0-50 16-76 50-110z" fill="${f}"/><path d="M200 350h200" stroke="${s}" stroke-width="10"/>`,
  backpack: (f, s) =>
    `<path d="M250 150a50 50 0 0 1 100 0" fill="none" stroke="${s}" stroke-width="18"/><rect x="170" y="150" width="260" height="320" rx="80" fill="${f}"/><rect x="205" y="330" width="190" height="110" rx="24" fill="${s}"/><path d="M220 250h160" stroke="${s}" stroke-width="10"/>`,
  cap: (f, s) =>
    `<path d="M150 340a150 150 0 0 1 300 0z" fill="${f}"/><path d="M300 340h230c0 34-50 48-110 48-60 0-120-16-120-48z" fill="${s}"/><circle cx="300" cy="190" r="12" fill="${s}"/><path d="M300 190c-50 40-64 90-64 150" stroke="${s}" stroke-width="5" fill="none"/>`,
  shirt: (f, s) =>
    `<path d="M220 140l-110 70 44 84 46-24v200h200V270l46 24 44-84-110-70c-20 40-140 40-160 0z" fill="${f}"/><path d="M220 140c20 52 140 52 160 0" fill="none" stroke="${s}" stroke-width="12"/>`,
  poster: (f, s) =>
    `<rect x="170" y="110" width="260" height="370" fill="#f7f3ea" stroke="#d8d2c6" stroke-width="4"/><rect x="196" y="136" width="208" height="268" fill="${f}"/><circle cx="340" cy="210" r="36" fill="#f1d9a6"/><path d="M196 404l70-120 50 70 36-46 52 96z" fill="${s}"/>`,
  bell: (f, s) =>
    `<path d="M170 350a130 130 0 0 1 260 0z" fill="${f}"/><rect x="150" y="346" width="300" height="34" rx="17" fill="${s}"/><path d="M420 330l70 30" stroke="${s}" stroke-width="18" stroke-linecap="round"/><circle cx="300" cy="214" r="14" fill="${s}"/>`,
} satisfies Record<string, Draw>;

export type Shape = keyof typeof SHAPES;

/** `amount` of `other` mixed into `colour`; both #rrggbb. */
function mix(colour: string, other: string, amount: number): string {
  const channel = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return `#${[1, 3, 5]
    .map((at) => Math.round(channel(colour, at) * (1 - amount) + channel(other, at) * amount))
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;
}

/** A square picture of `shape` in `colour` (#rrggbb) on a pale ground. */
export function drawShape(shape: Shape, colour: string): string {
  const ground = mix(colour, '#ffffff', 0.86);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600"><rect width="600" height="600" fill="${ground}"/><ellipse cx="300" cy="490" rx="170" ry="20" fill="${mix(colour, '#ffffff', 0.66)}"/>${SHAPES[shape](colour, mix(colour, '#1f1a17', 0.28))}</svg>`;
}
