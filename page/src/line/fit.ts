/* How wide a text will be in Inter, near enough to cut it: the drawing must not measure in the browser. */

const NARROW = new Set("iljtfrI.,:;'|!()[] \u202f\u2009");
const WIDE = new Set("mwMW@%—");

/** Width in px of a text at a font size; `bold` adds what weight 600 adds. */
export function textWidth(text: string, size: number, bold = false): number {
  let em = 0;
  for (const c of text) em += NARROW.has(c) ? 0.31 : WIDE.has(c) ? 0.88 : c >= "0" && c <= "9" ? 0.63 : c >= "A" && c <= "Z" ? 0.69 : 0.56;
  return em * size * (bold ? 1.06 : 1);
}

/** The text, or its begin with an ellipsis where it would be wider than `room`. */
export function fit(text: string, size: number, room: number, bold = false): string {
  if (textWidth(text, size, bold) <= room) return text;
  let cut = text;
  while (cut.length > 1 && textWidth(cut + "…", size, bold) > room) cut = cut.slice(0, -1);
  return cut.trimEnd() + "…";
}
