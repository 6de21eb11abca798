// The opening sheet is added up while it is filled: amounts are counted in fen, as text, never as floats.
const form = document.querySelector("[data-opening]");

function fen(text) {
  const plain = text.normalize("NFKC").replace(/[,\s¥]/g, "").replace("−", "-");
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return 0n;
  const amount = BigInt(match[2]) * 100n + BigInt((match[3] ?? "").padEnd(2, "0"));
  return match[1] ? -amount : amount;
}

function yuan(amount) {
  const size = amount < 0n ? -amount : amount;
  const whole = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "-" : ""}${whole}.${(size % 100n).toString().padStart(2, "0")}`;
}

function add() {
  let debit = 0n;
  let credit = 0n;
  let turnover = 0n;
  for (const row of form.querySelectorAll("[data-opening-row]")) {
    const sign = BigInt(row.dataset.sign);
    const value = (name) => fen(row.querySelector(`[name="${name}"]`).value);
    const amount = sign * value("amount");
    const moved = value("year_debit") - value("year_credit");
    if (amount > 0n) debit += amount;
    else credit -= amount;
    const isResult = "result" in row.dataset;
    if (!isResult) turnover += moved;
    const january = row.querySelector("[data-opening-january]");
    if (january) january.textContent = isResult || (amount === 0n && moved === 0n) ? "" : yuan(sign * (amount - moved));
  }
  const show = (name, amount) => {
    const place = form.querySelector(`[data-opening-${name}]`);
    if (place) place.textContent = yuan(amount);
  };
  show("debit", debit);
  show("credit", credit);
  show("difference", debit - credit);
  show("turnover", turnover);
}

if (form) {
  form.addEventListener("input", add);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const fields = [...form.querySelectorAll("input:not([type=hidden]):not([readonly])")];
    fields[fields.indexOf(event.target) + 1]?.focus();
  });
  add();
}
