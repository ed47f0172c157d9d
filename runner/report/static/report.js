"use strict";
// Search and filters of the list of cases.  Without this script the pages are plain lists.
const doleances = (() => {
  const AT_ONCE = 50;
  const FIELDS = ["state", "category", "urgency", "owner", "source", "product"];
  const form = document.getElementById("search");
  const results = document.getElementById("results");
  const plain = document.getElementById("plain");
  const found = document.getElementById("found");
  const more = document.getElementById("more");
  const rows = [];
  const sets = {};
  const loading = {};
  let matching = [];
  let shown = 0;
  let asked = 0;

  const tongue = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const days = new Intl.DateTimeFormat(tongue, {
    weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
  });

  const fold = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[\u2018\u2019\u02bc]/g, "'").toLowerCase();

  // Scripts and not fetch: a page that was opened from a disk may load nothing else.
  const load = (file) => {
    loading[file] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = form.dataset.root + file;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return loading[file];
  };

  const loadCases = () => {
    const files = Array.from({ length: Number(form.dataset.shards) }, (_, n) => `data/cases-${n}.js`);
    return Promise.all(files.map(load));
  };

  const label = (name, value) => {
    const option = [...form.elements[name].options].find((each) => each.value === value);
    return option ? option.textContent : value;
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  };

  const item = (row) => {
    const made = document.createElement("li");
    if (row.crisis) made.className = "late";
    const what = element("p", "what", "");
    const link = element("a", "", row.title || row.id);
    link.href = `case/${row.id.slice(2, 4)}/${row.id}.html`;
    what.append(link);
    const facts = element("p", "facts", "");
    const words = [
      row.id,
      row.crisis ? form.dataset.crisis : "",
      label("state", row.state),
      label("category", row.category),
      row.source,
      row.owner ? label("owner", row.owner) : form.dataset.nobody,
      days.format(new Date(`${row.day}T12:00:00Z`)).replace(",", ""),
    ];
    facts.append(...words.filter(Boolean).map((each) => element("span", "", each)));
    made.append(what, facts);
    return made;
  };

  const showMore = () => {
    const list = results.querySelector("ul");
    list.append(...matching.slice(shown, shown + AT_ONCE).map(item));
    shown = Math.min(shown + AT_ONCE, matching.length);
    more.hidden = shown === matching.length;
  };

  const show = (behind) => {
    const count = matching.length.toLocaleString(tongue);
    const words = (matching.length === 1 ? form.dataset.one : form.dataset.many).replace("#", count);
    found.textContent = behind ? `${form.dataset.behind} ${words}` : words;
    const list = element("ul", "cases", "");
    results.replaceChildren(list);
    shown = 0;
    showMore();
    plain.hidden = true;
    results.hidden = false;
  };

  const showPlain = () => {
    found.textContent = "";
    results.hidden = true;
    more.hidden = true;
    plain.hidden = false;
  };

  const search = async (wanted) => {
    const turn = ++asked;
    const fields = FIELDS.filter((name) => wanted.get(name));
    const words = fold(wanted.get("q") || "").split(/\s+/).filter(Boolean);
    const set = wanted.get("set");
    if (!fields.length && !words.length && !set) {
      showPlain();
      return;
    }
    found.textContent = form.dataset.wait;
    try {
      await Promise.all([loadCases(), set && /^[a-z0-9-]+$/.test(set) ? load(`data/set-${set}.js`) : null]);
    } catch {
      found.textContent = "";
      return;
    }
    if (turn !== asked) return;
    const all = rows.flat();
    const behind = set ? (sets[set]?.[wanted.get("of")] ?? []).map((n) => all[n]) : all;
    matching = behind.filter((row) =>
      fields.every((name) => row[name] === wanted.get(name)) &&
      words.every((word) => row.folded.includes(word)));
    show(Boolean(set));
  };

  const fromAddress = () => new URLSearchParams(location.hash.slice(1));

  const fromForm = () => {
    const wanted = new URLSearchParams();
    const before = fromAddress();
    for (const name of ["set", "of"]) if (before.get(name)) wanted.set(name, before.get(name));
    for (const name of ["q", ...FIELDS]) {
      if (form.elements[name].value) wanted.set(name, form.elements[name].value);
    }
    return wanted;
  };

  const begin = () => {
    const fill = () => {
      const wanted = fromAddress();
      for (const name of ["q", ...FIELDS]) form.elements[name].value = wanted.get(name) || "";
      search(wanted);
    };
    let waiting;
    const change = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const wanted = fromForm();
        history.replaceState(null, "", `#${wanted}`);
        search(wanted);
      }, 150);
    };
    form.hidden = false;
    form.addEventListener("input", change);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      history.replaceState(null, "", "#");
      setTimeout(() => search(fromForm()));
    });
    more.addEventListener("click", showMore);
    addEventListener("hashchange", fill);
    fill();
  };

  const cases = (number, list) => {
    rows[number] = list.map(
      ([id, title, handle, state, category, urgency, owner, source, product, day, crisis, incident]) => ({
        id, title, state, category, urgency, owner, source, product, day, crisis,
        folded: fold([id, title, handle, product, incident].join(" ")),
      }));
  };

  if (form) begin();
  return { cases, sets: (name, places) => { sets[name] = places; } };
})();
