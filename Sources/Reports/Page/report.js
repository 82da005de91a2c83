"use strict";
// The table of changes: of all the rows, only those in sight are elements. Everything is put into the page as text, never as HTML.
(function () {
  const kinds = ["create", "update", "delete", "table"];
  const data = JSON.parse(document.getElementById("data").textContent);
  const rows = data.rows;
  const height = 34;
  const longest = 8000000; // pixels a browser lays out reliably
  const [NUMBER, KIND, TABLE, KEY, STATE, DIFF, WHY] = [0, 1, 2, 3, 4, 5, 6];
  const byId = (id) => document.getElementById(id);
  const view = byId("rows"), sizer = byId("sizer"), count = byId("count"), diff = byId("diff"), search = byId("search");
  const filters = { table: byId("table"), kind: byId("kind"), state: byId("state") };
  let shown = rows.map((_, index) => index), chosen = -1, order = { column: NUMBER, down: false }, haystack = null, printing = false;

  const thousands = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  const names = (row) => row[DIFF].map((part) => part[0] + part[1]).join(" ");
  const cells = (row) => [thousands(row[NUMBER]), kinds[row[KIND]], data.tables[row[TABLE]], row[KEY], names(row), data.states[row[STATE]]];

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function words() {
    // Made when it is searched for the first time.
    if (!haystack) {
      haystack = rows.map((row) => (cells(row).join("\n") + "\n" + row[DIFF].map((part) => part.slice(1).join("\n")).join("\n") + "\n" + row[WHY]).toLowerCase());
    }
    return haystack;
  }

  function filter() {
    const text = search.value.trim().toLowerCase();
    const [table, kind, state] = ["table", "kind", "state"].map((name) => (filters[name].value === "" ? -1 : Number(filters[name].value)));
    const texts = text === "" ? null : words();
    shown = [];
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index];
      if ((table < 0 || row[TABLE] === table) && (kind < 0 || row[KIND] === kind) && (state < 0 || row[STATE] === state) && (!texts || texts[index].includes(text))) shown.push(index);
    }
    sort();
    chosen = -1;
    view.scrollTop = 0;
    count.textContent = shown.length === rows.length ? thousands(rows.length) + " changes" : thousands(shown.length) + " of " + thousands(rows.length) + " changes";
    draw();
    tell();
  }

  function sort() {
    const { column, down } = order;
    const value = column === NUMBER ? (index) => index : (index) => [null, kinds[rows[index][KIND]], data.tables[rows[index][TABLE]], rows[index][KEY], data.states[rows[index][STATE]], names(rows[index])][column];
    if (column !== NUMBER) {
      const values = new Map(shown.map((index) => [index, value(index)]));
      shown.sort((a, b) => (values.get(a) < values.get(b) ? -1 : values.get(a) > values.get(b) ? 1 : a - b));
    } else {
      shown.sort((a, b) => a - b);
    }
    if (down) shown.reverse();
  }

  function line(position) {
    const made = element("div", undefined, "row");
    made.setAttribute("role", "row");
    made.setAttribute("aria-rowindex", position + 2);
    made.setAttribute("aria-selected", position === chosen ? "true" : "false");
    made.id = "row-" + position;
    made.dataset.position = position;
    cells(rows[shown[position]]).forEach((text, index) => {
      const cell = element("div", text, index === 5 ? data.classes[rows[shown[position]][STATE]] : index === 3 ? "mono" : "");
      cell.setAttribute("role", "gridcell");
      cell.title = text.slice(0, 300);
      made.append(cell);
    });
    return made;
  }

  // Beyond what a browser can lay out, the scroll bar stands for more rows than it has room for.
  const whole = () => Math.min(shown.length * height, longest);
  const first = () => {
    const room = Math.max(1, whole() - view.clientHeight), all = Math.max(0, shown.length * height - view.clientHeight);
    return (Math.min(view.scrollTop, room) / room) * all;
  };

  function draw() {
    const top = printing ? 0 : Math.floor(first() / height);
    const end = printing ? Math.min(shown.length, 1000) : Math.min(shown.length, top + Math.ceil(view.clientHeight / height) + 2);
    sizer.style.height = whole() + "px";
    const offset = first() - view.scrollTop;
    sizer.replaceChildren();
    for (let position = top; position < end; position++) {
      const made = line(position);
      made.style.top = position * height - offset + "px";
      sizer.append(made);
    }
    view.setAttribute("aria-activedescendant", chosen >= top && chosen < end ? "row-" + chosen : "");
    byId("grid").setAttribute("aria-rowcount", shown.length + 1);
  }

  function tell() {
    diff.replaceChildren();
    if (chosen < 0 || chosen >= shown.length) {
      diff.append(element("span", shown.length ? "Choose a change to see what it does." : "No change is like that.", "quiet"));
      return;
    }
    const row = rows[shown[chosen]];
    diff.append(element("h3", kinds[row[KIND]] + " " + data.tables[row[TABLE]] + " " + row[KEY] + ": " + data.states[row[STATE]]));
    if (row[WHY]) diff.append(element("div", row[WHY], "quiet"));
    for (const [sign, name, before, after] of row[DIFF]) {
      if (sign !== "+") diff.append(element("del", "- " + name + " = " + before));
      if (sign !== "-") diff.append(element("ins", "+ " + name + " = " + after));
    }
  }

  function choose(position) {
    if (!shown.length) return;
    chosen = Math.max(0, Math.min(shown.length - 1, position));
    const top = first(), all = Math.max(1, shown.length * height - view.clientHeight), room = Math.max(1, whole() - view.clientHeight);
    let wanted = top;
    if (chosen * height < top) wanted = chosen * height;
    if ((chosen + 1) * height > top + view.clientHeight) wanted = (chosen + 1) * height - view.clientHeight;
    if (wanted !== top) view.scrollTop = (wanted / all) * room;
    draw();
    tell();
  }

  view.addEventListener("keydown", (event) => {
    const page = Math.floor(view.clientHeight / height) - 1;
    const steps = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: Math.max(chosen, 0) + page, PageUp: chosen - page, Home: 0, End: shown.length - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    choose(steps[event.key]);
  });
  view.addEventListener("click", (event) => {
    const hit = event.target.closest(".row");
    if (hit) choose(Number(hit.dataset.position));
  });
  view.addEventListener("scroll", () => requestAnimationFrame(draw));
  addEventListener("resize", draw);
  addEventListener("beforeprint", () => { printing = true; draw(); });
  addEventListener("afterprint", () => { printing = false; draw(); });

  let later = 0;
  search.addEventListener("input", () => { clearTimeout(later); later = setTimeout(filter, 120); });
  for (const select of Object.values(filters)) select.addEventListener("change", filter);
  document.querySelectorAll(".head button").forEach((button) => {
    button.addEventListener("click", () => {
      const column = Number(button.dataset.column);
      order = { column, down: order.column === column && !order.down };
      document.querySelectorAll(".head [role=columnheader]").forEach((head) => head.setAttribute("aria-sort", "none"));
      button.parentElement.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      sort();
      chosen = -1;
      draw();
      tell();
    });
  });

  function options(select, texts) {
    texts.forEach((text, index) => {
      const made = element("option", text);
      made.value = index;
      select.append(made);
    });
  }
  options(filters.table, data.tables);
  options(filters.kind, kinds);
  options(filters.state, data.states);
  filter();
  document.documentElement.dataset.ready = "true";
})();
