// Suggestions under a search box: input[data-suggest="ADDRESS"]. A combobox with a list (ARIA 1.2): arrows choose, Enter
// searches for what is typed unless a line was chosen, Escape closes. Without JavaScript the box is a plain search.
import { forget, recent, remember } from "./recent.js";

const WAIT = 150;

export function start(page) {
  remember(page);
  for (const input of page.querySelectorAll("input[data-suggest]")) new Box(page, input);
}

class Box {
  constructor(page, input) {
    this.page = page;
    this.input = input;
    this.words = page.body.dataset;
    this.answers = new Map();
    this.build();
    input.addEventListener("input", () => this.later());
    input.addEventListener("focus", () => { if (!input.value) this.show(this.history()); });
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => { if (!this.panel.contains(page.activeElement)) this.close(); }, 150));
    input.form?.addEventListener("submit", () => this.close());
  }

  build() {
    const id = `${this.input.id || "search"}-suggestions`;
    this.panel = this.make("div", "suggest", { hidden: "" });
    this.list = this.make("div", "suggest-list", { id, role: "listbox", "aria-label": this.words.textSuggestions });
    this.foot = this.make("div", "suggest-foot");
    this.status = this.make("div", "visually-hidden", { role: "status" });
    this.panel.append(this.list, this.foot);
    this.panel.addEventListener("mousedown", (event) => { if (!event.target.closest("a, button")) event.preventDefault(); });
    this.panel.addEventListener("focusout", (event) => {
      if (!this.panel.contains(event.relatedTarget) && event.relatedTarget !== this.input) this.close();
    });
    this.input.parentElement.classList.add("suggest-place");
    this.input.after(this.panel, this.status);
    const wanted = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off" };
    for (const [name, value] of Object.entries(wanted)) this.input.setAttribute(name, value);
  }

  make(tag, name, attributes = {}) {
    const made = this.page.createElement(tag);
    if (name) made.className = name;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  later() {
    clearTimeout(this.timer);
    const text = this.input.value;
    if (text.trim().length < 2) { this.show(text ? [] : this.history()); return; }
    this.timer = setTimeout(() => this.ask(text), WAIT);
  }

  async ask(text) {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const address = `${this.input.dataset.suggest}${this.input.dataset.suggest.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`;
      if (!this.answers.has(text)) {
        const answer = await fetch(address, { signal: this.request.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) return;
        this.answers.set(text, (await answer.json()).groups);
      }
      if (this.input.value === text && this.page.activeElement === this.input) this.show(this.answers.get(text));
    } catch { /* typing went on, or the network failed: the search itself still works */ }
  }

  history() {
    const items = recent(this.page).map((text) => ({ text, href: this.address(text), note: "" }));
    return items.length ? [{ label: this.words.textRecent, items, own: true }] : [];
  }

  address(text) {
    return `${this.input.form?.getAttribute("action") || "/technologies"}?q=${encodeURIComponent(text)}`;
  }

  show(groups) {
    this.chosen = -1;
    this.options = [];
    this.list.replaceChildren(...groups.map((group, number) => this.group(group, number)));
    this.foot.replaceChildren();
    if (groups.some((group) => group.own)) this.foot.append(this.clearing());
    const help = this.make("a", "suggest-help", { href: "/search/help" });
    help.textContent = this.words.textHelp;
    this.foot.append(help);
    const open = this.options.length > 0;
    this.panel.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.input.removeAttribute("aria-activedescendant");
    this.status.textContent = open ? this.words.textSuggested.replace("0", String(this.options.length)) : "";
  }

  group(group, number) {
    const id = `${this.list.id}-${number}`;
    const made = this.make("div", "suggest-group", { role: "group", "aria-labelledby": id });
    const label = this.make("div", "menu-label", { id, role: "presentation" });
    label.textContent = group.label;
    made.append(label, ...group.items.map((item) => this.option(item)));
    return made;
  }

  option(item) {
    const made = this.make("a", "suggest-option", { id: `${this.list.id}-o${this.options.length}`, role: "option", "aria-selected": "false", href: item.href, tabindex: "-1" });
    const text = this.make("span", "suggest-text");
    text.textContent = item.text;
    made.append(text);
    if (item.note) {
      const note = this.make("span", "muted small");
      note.textContent = item.note;
      made.append(note);
    }
    this.options.push(made);
    return made;
  }

  clearing() {
    const button = this.make("button", "btn btn-quiet", { type: "button" });
    button.textContent = this.words.textForget;
    button.addEventListener("click", () => { forget(this.page); this.input.focus(); this.close(); });
    return button;
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.panel.hidden;
    if (event.key === "Escape" && open) { event.stopImmediatePropagation(); event.preventDefault(); this.close(); return; }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && open) {
      event.preventDefault();
      this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && open && this.chosen >= 0) {
      event.preventDefault();
      this.options[this.chosen].click();
    }
  }

  choose(number) {
    const count = this.options.length;
    this.options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = number < -1 ? count - 1 : number >= count ? -1 : number;
    const option = this.options[this.chosen];
    if (!option) { this.input.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.panel.hidden = true;
    this.chosen = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.status.textContent = "";
  }
}
