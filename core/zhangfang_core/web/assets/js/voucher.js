// 填制凭证 without the mouse: accounts and items found while typing, Enter to the next cell, "=" for the balance, rows by keys.
import { choices, fitting } from "./finder.js";
import { fenOf, plainYuan, yuan } from "./money.js";
import { csrf } from "./requests.js";
import { words } from "./words.js";

const AMOUNTS = ["debit", "credit"];
const FOUND = ["account", "items"];
const PHONE = 576;

function attach(form) {
  const body = form.querySelector("[data-lines]");
  const blank = body.lastElementChild.cloneNode(true);
  blank.querySelectorAll("input").forEach((input) => {
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  });
  const kinds = JSON.parse(form.dataset.kinds);
  const list = choices();
  let accounts = [];
  let items = [];
  let changed = false;

  const lines = () => [...body.children];
  const cell = (line, name) => line.querySelector(`[data-cell="${name}"]`);
  const value = (line, name) => cell(line, name)?.value.trim() ?? "";
  const isEmpty = (line) => ["account", "items", "quantity", "unit_price", ...AMOUNTS].every((name) => !value(line, name));
  const accountOf = (line) => {
    const code = value(line, "account").split(" ")[0];
    return code ? accounts.find((account) => account.code === code) : undefined;
  };

  function number() {
    lines().forEach((line, place) => {
      line.querySelector(".line-no").textContent = place + 1;
      line.querySelectorAll("[data-cell]").forEach((input) => {
        input.name = `${input.dataset.cell}.${place}`;
        input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, place + 1));
      });
    });
  }

  function ready(line) {
    for (const name of FOUND) {
      const input = cell(line, name);
      input.setAttribute("role", "combobox");
      input.setAttribute("aria-autocomplete", "list");
      input.setAttribute("aria-expanded", "false");
    }
    line.querySelectorAll(".line-tools").forEach((part) => (part.hidden = false));
    dress(line);
  }

  /** What the row's account asks for. */
  function dress(line) {
    const account = accountOf(line);
    const names = (account?.kinds ?? []).map((kind) => kinds[kind]);
    cell(line, "items").placeholder = names.length ? names.join(";") : account?.open ? words.party : "";
    for (const name of ["quantity", "unit_price"]) {
      const input = cell(line, name);
      if (input) input.hidden = !account?.kinds.includes("stock") && !input.value;
    }
    cell(line, "items").classList.toggle("asked", Boolean(account?.required.length) && !value(line, "items"));
  }

  function add(before = null, from = null) {
    const line = (from ?? blank).cloneNode(true);
    body.insertBefore(line, before);
    if (from) line.querySelectorAll("[data-cell]").forEach((input) => (input.value = value(from, input.dataset.cell)));
    ready(line);
    number();
    return line;
  }

  function total() {
    const sums = { debit: 0, credit: 0 };
    for (const line of lines()) {
      for (const side of AMOUNTS) {
        const fen = fenOf(value(line, side));
        cell(line, side).classList.toggle("unreadable", fen === null);
        sums[side] += fen ?? 0;
      }
    }
    const off = sums.debit - sums.credit;
    form.querySelector('[data-total="debit"]').value = yuan(sums.debit);
    form.querySelector('[data-total="credit"]').value = yuan(sums.credit);
    form.querySelector('[data-total="difference"]').value = yuan(off);
    const chip = form.querySelector("[data-difference]");
    chip.classList.toggle("chip-bad", off !== 0);
    chip.classList.toggle("chip-good", off === 0 && sums.debit !== 0);
    return sums;
  }

  /** What is owed, on the side where it is positive. */
  function balance(line) {
    for (const side of AMOUNTS) cell(line, side).value = "";
    const sums = total();
    const owed = sums.credit - sums.debit;
    const side = cell(line, owed > 0 ? "debit" : "credit");
    side.value = owed ? plainYuan(Math.abs(owed)) : "";
    touched(side);
    go(side);
  }

  function touched(input) {
    changed = true;
    multiply(input);
    total();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Of quantity, price and amount the one that is missing; a changed quantity or price makes the amount anew. */
  function multiply(input) {
    const line = input.closest("[data-line]");
    const quantity = line && cell(line, "quantity");
    if (!quantity || !["quantity", "unit_price", ...AMOUNTS].includes(input.dataset.cell)) return;
    const price = cell(line, "unit_price");
    const side = value(line, "credit") ? "credit" : "debit";
    const amount = cell(line, side);
    const many = Number(quantity.value.normalize("NFKC").replaceAll(",", ""));
    const each = Number(price.value.normalize("NFKC").replaceAll(",", ""));
    const fen = fenOf(amount.value);
    if (quantity.value && price.value && !AMOUNTS.includes(input.dataset.cell)) {
      if (Number.isFinite(many * each)) amount.value = plainYuan(Math.round(many * each * 100 + Number.EPSILON));
    } else if (quantity.value && many && fen && AMOUNTS.includes(input.dataset.cell)) {
      price.value = String(+(fen / 100 / many).toFixed(6));
    } else if (price.value && each && fen && !quantity.value) {
      quantity.value = String(+(fen / 100 / each).toFixed(6));
    }
  }

  function go(input) {
    if (!input) return;
    input.focus();
    input.select?.();
  }

  /** The cell after this one that the row still needs, else the first of the next row. */
  function next(input) {
    const line = input.closest("[data-line]");
    if (!line) {
      go(cell(lines()[0], "summary"));
      return;
    }
    const account = accountOf(line);
    const order = ["summary", "account"];
    if (!account || account.kinds.length || account.open) order.push("items");
    if (account?.kinds.includes("stock")) order.push("quantity", "unit_price");
    order.push("debit");
    if (!value(line, "debit")) order.push("credit");
    const at = order.indexOf(input.dataset.cell);
    const following = at >= 0 ? order[at + 1] : undefined;
    if (following && cell(line, following)) go(cell(line, following));
    else go(cell(line.nextElementSibling ?? add(), "summary"));
  }

  function search(input) {
    const line = input.closest("[data-line]");
    if (input.dataset.cell === "account") {
      list.open(input, fitting(accounts, input.value), (row) => {
        input.value = `${row.code} ${row.name}`;
        dress(line);
        touched(input);
        next(input);
      });
      return;
    }
    const account = accountOf(line);
    if (!account?.kinds.length) return list.close();
    const parts = input.value.split(/[;\uff1b]/);
    const typed = parts.at(-1).trim();
    const earlier = parts.slice(0, -1);
    const kind = account.kinds[Math.min(earlier.length, account.kinds.length - 1)];
    const found = fitting(
      items.filter((item) => item.kind === kind),
      typed,
    );
    if (typed && !found.some((row) => row.name === typed)) {
      found.push({ code: "+", name: typed, label: words.makeItem(kinds[kind], typed), kind, isNew: true });
    }
    list.open(input, found, async (row) => {
      if (row.isNew && !(await make(row))) return;
      input.value = [...earlier, /[;\uff1b]/.test(row.name) ? row.code : row.name].join(";");
      dress(line);
      touched(input);
      next(input);
    });
  }

  async function make(row) {
    const sent = new URLSearchParams({ kind: row.kind, name: row.name });
    const answer = await fetch(form.dataset.items, {
      method: "POST",
      body: sent,
      headers: { Accept: "application/json", "X-CSRF-Token": csrf() },
    });
    const told = await answer.json();
    if (answer.ok) items.push({ ...told, initials: "" });
    else document.getElementById("announce").textContent = told.detail;
    return answer.ok;
  }

  function swap(line, side) {
    const other = side === "debit" ? "credit" : "debit";
    [cell(line, side).value, cell(line, other).value] = [value(line, other), value(line, side)];
    touched(cell(line, other));
    go(cell(line, other));
  }

  function act(line, what, name = "summary") {
    if (what === "insert") go(cell(add(line), "summary"));
    else if (what === "copy") go(cell(add(line.nextElementSibling, line), name));
    else {
      const rest = line.nextElementSibling ?? line.previousElementSibling;
      if (lines().length === 1) add();
      line.remove();
      number();
      go(cell(rest ?? lines()[0], name));
    }
    changed = true;
    total();
    body.dispatchEvent(new Event("change", { bubbles: true }));
  }

  form.addEventListener("focusin", (event) => {
    const input = event.target;
    const line = input.closest?.("[data-line]");
    if (!input.dataset.cell) return;
    if (line === body.lastElementChild && input.dataset.cell !== "summary") add();
    if (input.dataset.cell === "summary" && !input.value && isEmpty(line)) {
      input.value = line.previousElementSibling ? value(line.previousElementSibling, "summary") : "";
      input.select();
    }
    if (!list.isOpen && FOUND.includes(input.dataset.cell) && !input.value) search(input);
  });

  form.addEventListener("focusout", (event) => {
    if (FOUND.includes(event.target.dataset?.cell)) {
      list.close();
      dress(event.target.closest("[data-line]"));
    }
  });

  form.addEventListener("input", (event) => {
    changed = true;
    const name = event.target.dataset?.cell;
    if (FOUND.includes(name)) search(event.target);
    else if (name) {
      multiply(event.target);
      total();
    }
  });

  form.elements.document?.addEventListener("change", (event) => {
    const link = form.querySelector("[data-document-link]");
    link.hidden = !event.target.value;
    link.href = link.dataset.documentLink + event.target.value;
  });

  form.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-line-act]");
    if (tool) act(tool.closest("[data-line]"), tool.dataset.lineAct);
  });

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      list.close();
      form.requestSubmit(form.querySelector('[name="then"][value="next"]'));
      return;
    }
    if (event.isComposing) return;
    const name = input.dataset?.cell;
    const line = input.closest?.("[data-line]");
    if (line && event.altKey) {
      const what = { Insert: "insert", c: "copy", Delete: "delete" }[event.key];
      if (what) {
        event.preventDefault();
        act(line, what, name);
      }
      return;
    }
    if (event.key === "Enter" && (name || input.matches("select, [data-head]"))) {
      event.preventDefault();
      if (list.isOpen && input.value.trim()) list.take();
      else {
        list.close();
        next(input);
      }
    } else if (event.key === "Escape" && list.isOpen) {
      event.preventDefault();
      list.close();
    } else if (name && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      if (list.isOpen && input.value.trim()) list.move(by);
      else {
        list.close();
        const there = by > 0 ? (line.nextElementSibling ?? add()) : line.previousElementSibling;
        if (there) go(cell(there, name));
      }
    } else if (AMOUNTS.includes(name) && event.key === "=") {
      event.preventDefault();
      balance(line);
    } else if (AMOUNTS.includes(name) && event.key === " ") {
      event.preventDefault();
      swap(line, name);
    }
  });

  form.addEventListener("typed:more", (event) => {
    const place = Number(event.detail.split(".")[1]);
    while (lines().length <= place) add();
  });
  form.addEventListener("typed:again", () => {
    changed = true;
    lines().forEach(dress);
    total();
  });
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = words.unsaved;
  });

  if (innerWidth < PHONE) lines().slice(2).filter(isEmpty).forEach((line) => line.remove());
  lines().forEach(ready);
  form.querySelector("[data-totals]").hidden = false;
  form.querySelectorAll("thead .line-tools").forEach((part) => (part.hidden = false));
  total();
  fetch(form.dataset.finder, { headers: { Accept: "application/json" } })
    .then((answer) => answer.json())
    .then((found) => {
      accounts = found.accounts.map(([code, name, initials, kinds_, required, open]) => ({ code, name, initials, kinds: kinds_, required, open }));
      items = found.items.map(([id, kind, code, name, initials, unit]) => ({ id, kind, code, name, initials, unit }));
      lines().forEach(dress);
      form.dataset.ready = "";
    });
  const fault = form.querySelector('[aria-invalid="true"]');
  go(fault ?? (isEmpty(lines()[0]) ? cell(lines()[0], "summary") : null));
}

document.querySelectorAll("form[data-voucher]").forEach(attach);
