// A list of choices under the field that somebody types into: found by code, name or the initials of the pinyin.

const SHOWN = 12;

/** Those of `rows` ({code, name, initials}, of several spellings with blanks between) that fit, the best first: the code begins so, the name or initials begin so, they contain it. */
export function fitting(rows, typed) {
  const words = typed.trim().toLowerCase();
  if (!words) return rows.slice(0, SHOWN);
  const packed = words.replaceAll(" ", "");
  const ranks = [[], [], [], []];
  for (const row of rows) {
    const name = row.name.toLowerCase();
    const last = name.slice(name.lastIndexOf("-") + 1);
    if (row.code.toLowerCase().startsWith(words)) ranks[0].push(row);
    else if (last.startsWith(words) || ` ${row.initials}`.includes(` ${packed}`)) ranks[1].push(row);
    else if (name.includes(words)) ranks[2].push(row);
    else if (row.initials.includes(packed)) ranks[3].push(row);
  }
  return ranks.flat().slice(0, SHOWN);
}

/** One list for the page. `open(input, rows, choose)` shows it under the input; `choose(row)` gets what is taken. */
export function choices() {
  const list = document.createElement("ul");
  list.id = "choices";
  list.className = "choices";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  document.body.append(list);
  let input = null;
  let rows = [];
  let at = -1;
  let take = null;

  function paint() {
    [...list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === at));
      if (place === at) {
        option.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", option.id);
      }
    });
  }

  function close() {
    list.hidden = true;
    input?.setAttribute("aria-expanded", "false");
    input?.removeAttribute("aria-activedescendant");
    input = null;
  }

  function choose(row) {
    const done = take;
    close();
    done?.(row);
  }

  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("li");
    if (option) choose(rows[Number(option.dataset.place)]);
  });
  addEventListener("resize", close);
  // A field scrolls by itself when its text is longer than it.
  document.addEventListener("scroll", (event) => ![list, input].includes(event.target) && close(), true);

  return {
    open(field, found, chosen) {
      input = field;
      rows = found;
      take = chosen;
      at = found.length ? 0 : -1;
      if (!found.length) return close();
      list.replaceChildren(
        ...found.map((row, place) => {
          const option = document.createElement("li");
          option.id = `choice-${place}`;
          option.dataset.place = place;
          option.setAttribute("role", "option");
          const code = document.createElement("span");
          code.className = "num mute";
          code.textContent = row.code;
          option.append(code, ` ${row.label ?? row.name}`);
          return option;
        }),
      );
      list.hidden = false;
      const box = field.getBoundingClientRect();
      list.style.left = `${Math.min(box.left, innerWidth - list.offsetWidth - 8) + scrollX}px`;
      const below = innerHeight - box.bottom;
      list.style.top = `${(below < list.offsetHeight && box.top > below ? box.top - list.offsetHeight : box.bottom) + scrollY}px`;
      list.style.minWidth = `${box.width}px`;
      field.setAttribute("aria-expanded", "true");
      field.setAttribute("aria-controls", list.id);
      paint();
    },
    close,
    get isOpen() {
      return input !== null && !list.hidden;
    },
    move(by) {
      at = Math.max(0, Math.min(rows.length - 1, at + by));
      paint();
    },
    take() {
      if (at >= 0) choose(rows[at]);
    },
  };
}
