// Saves a draft as one goes: form[data-autosave="URL"] is posted two seconds after the last keystroke, and before one
// leaves by a link. The answer is JSON {lock, saved, missing_html?, parts?}; `lock` goes back into the form, so that the
// next save is not taken for a conflict with oneself.
const PAUSE = 2000;
const PATIENCE = 3000;

export function start(page) {
  for (const form of page.querySelectorAll("form[data-autosave]")) new Draft(page, form).watch();
}

class Draft {
  constructor(page, form) {
    this.page = page;
    this.form = form;
    this.line = form.querySelector("[data-saved]") || page.querySelector("[data-saved]");
    this.words = page.body.dataset;
    this.timer = 0;
    this.running = null;
    this.stopped = false;
  }

  watch() {
    this.form.addEventListener("input", () => this.later());
    this.form.addEventListener("submit", (event) => this.submitAfter(event));
    this.page.addEventListener("click", (event) => this.leaveAfter(event));
    this.page.addEventListener("visibilitychange", () => {
      if (this.page.visibilityState === "hidden" && this.timer) this.save(true);
    });
  }

  later() {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // A save still under way would move the lock under the form: wait for it, then send.
  submitAfter(event) {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.running) return;
    event.preventDefault();
    this.running.finally(() => {
      delete this.form.dataset.sent;
      this.form.requestSubmit(event.submitter);
    });
  }

  leaveAfter(event) {
    const link = event.target.closest("a[href]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented;
    if (!link || !plain || link.target || link.origin !== location.origin || !(this.timer || this.running)) return;
    if (link.pathname === location.pathname && link.hash) return;
    event.preventDefault();
    const go = () => { location.href = link.href; };
    Promise.race([this.timer ? this.save() : this.running, new Promise((done) => setTimeout(done, PATIENCE))]).then(go, go);
  }

  save(leaving = false) {
    clearTimeout(this.timer);
    this.timer = 0;
    const after = this.running || Promise.resolve();
    const mine = after.then(() => this.send(leaving)).finally(() => {
      if (this.running === mine) this.running = null;
    });
    this.running = mine;
    return mine;
  }

  async send(leaving) {
    if (this.stopped) return;
    this.say(`${this.words.textSaving}…`);
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST", body: data, credentials: "same-origin", keepalive: leaving,
        headers: { Accept: "application/json", "X-Requested-With": "autosave" },
      });
      const json = (answer.headers.get("Content-Type") || "").includes("json");
      const body = json ? await answer.json() : {};
      if (answer.ok && json) this.saved(body);
      else this.failed(body.message || body.detail, answer.status === 409);
    } catch {
      this.failed();
    }
  }

  saved(body) {
    const lock = this.form.querySelector("[data-lock]");
    if (lock && body.lock !== undefined) lock.value = body.lock;
    const clock = new Date().toLocaleTimeString(this.page.documentElement.lang || "vi", { hour: "2-digit", minute: "2-digit" });
    this.say(`${this.words.textSaved} ${body.saved || clock}`);
    const panel = this.page.querySelector("[data-missing]");
    if (panel && body.missing_html) panel.innerHTML = body.missing_html;
    for (const [name, html] of Object.entries(body.parts || {})) {
      const part = this.form.querySelector(`[data-part="${CSS.escape(name)}"]`);
      if (part && part.innerHTML !== html) part.innerHTML = html;
    }
  }

  // After a conflict only the person can decide: the next press of the button shows both versions.
  failed(message, conflict = false) {
    this.stopped = conflict;
    this.say(message || this.words.textFailed, true);
  }

  say(text, failed = false) {
    if (!this.line) return;
    this.line.textContent = text;
    this.line.classList.toggle("is-failed", failed);
  }
}
