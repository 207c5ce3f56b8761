// Saves a draft as one goes: form[data-autosave="URL"] is posted two seconds after the last keystroke.
// The answer is JSON {lock, saved, missing_html?}; `lock` goes back into the form so that the next save is not a false conflict.
const PAUSE = 2000;

export function start(page) {
  for (const form of page.querySelectorAll("form[data-autosave]")) watch(page, form);
}

function watch(page, form) {
  const words = page.body.dataset;
  const line = form.querySelector("[data-saved]") || page.querySelector("[data-saved]");
  let timer = 0;
  let running = null;
  let dirty = false;

  const say = (text, failed) => {
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("is-failed", Boolean(failed));
  };
  const save = async () => {
    if (running) { dirty = true; return; }
    dirty = false;
    say(`${words.textSaving}…`);
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    running = fetch(form.dataset.autosave, { method: "POST", body: data, headers: { Accept: "application/json", "X-Requested-With": "autosave" }, credentials: "same-origin" });
    try {
      const answer = await running;
      const body = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      if (!answer.ok) { say(body.message || body.detail || words.textFailed, true); return; }
      const lock = form.querySelector("[data-lock]");
      if (lock && body.lock !== undefined) lock.value = body.lock;
      say(`${words.textSaved} ${body.saved || new Date().toLocaleTimeString(page.documentElement.lang || "vi", { hour: "2-digit", minute: "2-digit" })}`);
      const panel = page.querySelector("[data-missing]");
      if (panel && body.missing_html) panel.innerHTML = body.missing_html;
    } catch {
      say(words.textFailed, true);
    } finally {
      running = null;
      if (dirty) save();
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  form.addEventListener("submit", () => clearTimeout(timer));
}
