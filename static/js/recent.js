// Recent searches stay in this browser, apart for each person; whatever belongs to somebody else here is dropped, so that
// signing out forgets them. body[data-person] names the person, [data-searched] the text of a search that found something.
const PREFIX = "recent-searches:";
const MOST = 8;

export function start(page) {
  const section = page.querySelector("[data-recent-manage]");
  if (!section) return;
  const list = section.querySelector("[data-recent-list]");
  const show = () => {
    const texts = recent(page);
    section.hidden = !texts.length;
    list.replaceChildren(...texts.map((text) => row(page, text, show)));
  };
  section.querySelector("[data-recent-clear]").addEventListener("click", () => { forget(page); show(); });
  show();
}

export function recent(page) {
  try {
    const kept = JSON.parse(localStorage.getItem(key(page)) || "[]");
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string").slice(0, MOST) : [];
  } catch { return []; }
}

export function remember(page) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX) && name !== key(page)) localStorage.removeItem(name);
    }
    const text = page.querySelector("[data-searched]")?.dataset.searched;
    if (text) keep(page, [text, ...recent(page).filter((one) => one !== text)]);
  } catch { /* storage may be forbidden: then nothing is remembered */ }
}

export function forget(page, text) {
  try {
    if (text === undefined) localStorage.removeItem(key(page));
    else keep(page, recent(page).filter((one) => one !== text));
  } catch { /* as above */ }
}

function keep(page, texts) {
  localStorage.setItem(key(page), JSON.stringify(texts.slice(0, MOST)));
}

function key(page) {
  return PREFIX + (page.body.dataset.person || "");
}

function row(page, text, changed) {
  const item = page.createElement("li");
  item.className = "cluster";
  const link = page.createElement("a");
  link.href = `/technologies?q=${encodeURIComponent(text)}`;
  link.textContent = text;
  const button = page.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet";
  button.textContent = page.body.dataset.textRemove;
  button.setAttribute("aria-label", `${page.body.dataset.textRemove}: ${text}`);
  button.addEventListener("click", () => { forget(page, text); changed(); });
  item.append(link, button);
  return item;
}
