// Amounts as people type them, in whole fen; never floats.

/** Fen of "1,234.5"; 0 for nothing, null for what is no amount. */
export function fenOf(text) {
  const plain = text.normalize("NFKC").replace(/[,\s]/g, "").replace("\u2212", "-");
  if (plain === "") return 0;
  const found = /^(-?)(\d{0,13})(?:\.(\d{0,2}))?$/.exec(plain);
  if (!found || (!found[2] && !found[3])) return null;
  const fen = Number(found[2] || 0) * 100 + Number((found[3] ?? "").padEnd(2, "0") || 0);
  return found[1] ? -fen : fen;
}

/** "1234.50" of 123450. */
export function plainYuan(fen) {
  const whole = Math.abs(fen);
  return `${fen < 0 ? "-" : ""}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, "0")}`;
}

export const yuan = (fen) => plainYuan(fen).replace(/\B(?=(\d{3})+\.)/g, ",");
